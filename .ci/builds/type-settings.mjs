import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./scratch.mjs";

export const TYPESCRIPTS = ["5.9", "6", "7"];

const STRICT = {
  target: "es2023",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  noEmit: true,
};

/** What of a compiler is set, by its name. `file` says whether the program is an ES module, and `wraps` whether `await` has to be inside. */
export const SETTINGS = {
  "nodenext, ES module": { options: { module: "nodenext" }, file: "program.mts" },
  "nodenext, CommonJS file": { options: { module: "nodenext" }, file: "program.cts", wraps: true },
  "node16, ES module": { options: { module: "node16" }, file: "program.mts" },
  "preserve, bundler": { options: { module: "preserve", moduleResolution: "bundler" }, file: "program.ts" },
  "esnext, bundler": { options: { module: "esnext", moduleResolution: "bundler" }, file: "program.ts" },
  "commonjs, bundler": {
    options: { module: "commonjs", moduleResolution: "bundler" },
    file: "program.ts",
    wraps: true,
    since: 6,
  },
  "commonjs, node10": {
    options: { module: "commonjs", moduleResolution: "node10" },
    file: "program.ts",
    wraps: true,
    until: 6,
  },
};

/** Compiles a program with one compiler and setting. Throws with what it said. */
export function compile(compiler, folder, { program, settings }) {
  const { options, file, wraps } = settings;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), wraps ? wrapped(program) : program);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files: [file] }),
  );
  run(process.execPath, [join(compiler, "node_modules/typescript/bin/tsc"), "-p", folder], folder);
}

/** Puts what comes behind the imports into a function, since a file in CommonJS cannot wait at its top. */
function wrapped(program) {
  const lines = program.split("\n");
  const end = lines.findLastIndex((line) => line.startsWith("import ")) + 1;
  return [...lines.slice(0, end), "export async function main() {", ...lines.slice(end), "}"].join("\n");
}
