// Makes `packages/core/dist/built-programs.js`: the programs of core's threads and of its helper process, each bundled from its sources
// into one text that imports nothing but Node. See packages/core/src/programs.ts.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const CORE = join(dirname(dirname(fileURLToPath(import.meta.url))), "packages", "core");
const BUILT = join(CORE, "dist", "built-programs.js");

const ENTRIES = {
  compression: "src/archive/create/compression-worker.ts",
  extraction: "src/archive/extract/extraction-worker.ts",
  helper: "src/snapshot/sqlite-helper.ts",
};

const texts = await Promise.all(
  Object.entries(ENTRIES).map(async ([name, entry]) => [name, await textOf(join(CORE, entry))]),
);
const module = `export const programs = ${JSON.stringify(Object.fromEntries(texts), undefined, 2)};\n`;
if (!existsSync(BUILT) || readFileSync(BUILT, "utf8") !== module) {
  mkdirSync(dirname(BUILT), { recursive: true });
  writeFileSync(BUILT, module);
}

/** Node's modules are taken by a call that scripts, modules and other runtimes have alike. */
async function textOf(input) {
  const bundle = await rolldown({ input, external: /^node:/, platform: "node", transform: { target: "node20" } });
  const globals = (id) => `process.getBuiltinModule(${JSON.stringify(id)})`;
  const { output } = await bundle.generate({ format: "iife", minify: true, globals });
  await bundle.close();
  if (output.length === 1 && output[0].imports.every((id) => id.startsWith("node:"))) return output[0].code.trim();
  throw new Error(`${input} is no single file: ${output.map(({ fileName }) => fileName).join(", ")}`);
}
