import { existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { rolldown } from "rolldown";

/**
 * Bundles a package from its sources into `target`, one file for each of its doors and what they share: hundreds of small files take
 * Node three times as long to import. What comes from other packages stays an import.
 */
export async function bundlePackage(folder, manifest, target) {
  const bundle = await rolldown({
    input: entriesOf(folder, manifest),
    external: (id) => !/^[./#]|^@oxc-project\/runtime\//.test(id), // which is what "using" compiles to
    platform: "node",
    transform: { target: "node20" },
    resolve: { alias: { "#programs": join(folder, "dist", "built-programs.js") } },
    onLog: (_, { message }) => {
      throw new Error(message);
    },
  });
  await bundle.write({
    dir: target,
    format: "esm",
    sourcemap: true,
    sourcemapPathTransform: (source, map) => relative(join(folder, "dist"), resolve(dirname(map), source)),
    sourcemapExcludeSources: true,
    chunkFileNames: "[name].js",
  });
  await bundle.close();
}

function entriesOf(folder, { exports, bin = {} }) {
  const built = [...Object.values(exports).flatMap(({ default: file }) => file ?? []), ...Object.values(bin)];
  const names = built.map((file) => file.slice("./dist/".length, -".js".length));
  return Object.fromEntries(names.map((name) => [name, sourceOf(folder, name)]));
}

function sourceOf(folder, name) {
  const source = join(folder, "src", `${name}.ts`);
  if (existsSync(source)) return source;
  throw new Error(`${folder} has no source of dist/${name}.js`);
}
