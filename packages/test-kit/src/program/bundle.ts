import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Bundler {
  build(options: object): Promise<unknown>;
}

/** Bundles a TypeScript file with all that it imports into one file that plain Node runs, so that a child starts fast. */
export async function bundle(entry: string, directory: string): Promise<string> {
  const fromVitest = createRequire(createRequire(import.meta.url).resolve("vitest/package.json"));
  const { build } = (await import(pathToFileURL(fromVitest.resolve("vite")).href)) as Bundler;
  await build({
    configFile: false,
    logLevel: "error",
    root: directory,
    resolve: { conditions: ["source", "node"] },
    ssr: { noExternal: true, resolve: { conditions: ["source", "node"] } },
    build: {
      ssr: entry,
      outDir: directory,
      emptyOutDir: false,
      target: "node20",
      rollupOptions: { output: { entryFileNames: "child.mjs" } },
    },
  });
  return join(directory, "child.mjs");
}
