// Checks every Markdown file. TypeScript blocks compile in strict mode against the packages, as their package would resolve them, and
// a block that names an example is word for word in it. Links and names of programs lead somewhere, and docs/README.md lists every page.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { blocksOf, programsOf, quotationProblems } from "./rules/readme-blocks.mjs";
import { linkProblems, unlistedPages } from "./rules/readme-links.mjs";
import { sourceFiles } from "./rules/source-files.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDER = join("node_modules", ".readme-blocks");

const files = sourceFiles(ROOT);
const texts = files
  .filter(({ path }) => path.endsWith(".md"))
  .map((file) => ({ ...file, blocks: blocksOf(file.text) }));
const quotations = texts.flatMap(({ path, blocks }) => quotationProblems(path, blocks, readIfThere));
const links = [...linkProblems(files), ...unlistedPages(files)];
for (const problem of [...quotations, ...links]) console.error(problem);

const programs = texts.flatMap(({ path, blocks }) => programsOf(blocks).map((program) => writeProgram(path, program)));
const compiled = programs.length === 0 || compile(programs);
for (const { folder } of programs) removeFolder(folder);

const found = `${quotations.length} wrong quotations, ${links.length} links or names that lead nowhere`;
console.log(`${texts.length} texts, ${programs.length} programs in them, ${found}`);
process.exitCode = compiled && quotations.length + links.length === 0 ? 0 : 1;

function readIfThere(path) {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), "utf8") : undefined;
}

/** Writes a program below the `node_modules` beside its text, where imports resolve as they do for that package. */
function writeProgram(path, { text, line }) {
  const folder = join(ROOT, dirname(path), FOLDER);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${basename(path, ".md")}-line-${line}.ts`);
  writeFileSync(file, `${text}export {};\n`);
  return { folder, file };
}

function removeFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  const parent = dirname(folder);
  if (existsSync(parent) && readdirSync(parent).length === 0) rmdirSync(parent);
}

function compile(written) {
  const folder = join(ROOT, FOLDER);
  mkdirSync(folder, { recursive: true });
  const project = join(folder, "tsconfig.json");
  writeFileSync(project, JSON.stringify(projectOf(written.map(({ file }) => file))));
  try {
    return spawnSync(join(ROOT, "node_modules", ".bin", "tsc"), ["-p", project], { stdio: "inherit" }).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function projectOf(programFiles) {
  return {
    extends: join(ROOT, "tsconfig.base.json"),
    compilerOptions: {
      composite: false,
      declaration: false,
      declarationMap: false,
      noEmit: true,
      noUnusedLocals: false,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
      types: ["node"],
      typeRoots: [join(ROOT, "node_modules", "@types")],
      paths: packagePaths(),
    },
    files: programFiles,
  };
}

/** The packages of this repository, by name, also for a text whose package does not depend on them. */
function packagePaths() {
  const manifests = files.filter(({ path }) => /^(packages\/[^/]+|contract-tests)\/package\.json$/.test(path));
  return Object.fromEntries(
    manifests.flatMap(({ path, text }) => {
      const { name, exports } = JSON.parse(text);
      const doors = Object.entries(exports ?? {}).filter(([, target]) => typeof target === "object");
      return doors.map(([door, { "@stowage/source": source }]) => {
        return [name + door.slice(1), [join(ROOT, dirname(path), source)]];
      });
    }),
  );
}
