import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Bundler {
  build(options: object): Promise<unknown>;
}

/**
 * Bundles a TypeScript file with all that it imports into one file that plain Node runs, so that a child starts fast. A file of
 * `alias` takes the place of what is imported by its name.
 */
export async function bundle(
  entry: string,
  directory: string,
  alias: Readonly<Record<string, string>> = {},
): Promise<string> {
  const fromVitest = createRequire(createRequire(import.meta.url).resolve("vitest/package.json"));
  const { build } = (await import(pathToFileURL(fromVitest.resolve("vite")).href)) as Bundler;
  await build({
    configFile: false,
    logLevel: "error",
    root: directory,
    resolve: { conditions: ["@stowage/source", "node"], alias },
    ssr: { noExternal: true, resolve: { conditions: ["@stowage/source", "node"] } },
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
