// Packs every published package, checks the tarballs, installs them all in an empty project, and uses them there
// from plain Node and from TypeScript: what a user gets, not what lies here.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packPackages, publishedFolders } from "./rules/pack-packages.mjs";
import { PUBLIC_NAMES } from "./rules/public-names.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BIN = join(ROOT, "node_modules", ".bin");
const failures = [];

const folder = mkdtempSync(join(tmpdir(), "stowage-packages-"));
try {
  const tarballs = await pack(join(folder, "tarballs"));
  for (const tarball of tarballs) {
    run(`publint ${tarball.name}`, join(BIN, "publint"), ["run", tarball.path, "--strict"]);
    run(`attw ${tarball.name}`, join(BIN, "attw"), [
      tarball.path,
      "--ignore-rules",
      "cjs-resolves-to-esm",
      "--format",
      "ascii",
    ]);
  }
  useInEmptyProject(join(folder, "project"), tarballs);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures.length === 0 ? "all packages are fine" : `failed: ${failures.join(", ")}`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function pack(destination) {
  const tarballs = await packPackages(ROOT, publishedFolders(ROOT), destination);
  for (const { name, path } of tarballs) {
    const { stdout } = spawnSync("tar", ["-tzf", path], { encoding: "utf8" });
    if (!stdout.includes("package/LICENSE")) failures.push(`${name} holds no LICENSE`);
  }
  return tarballs;
}

function readManifest(path) {
  return JSON.parse(readFileSync(join(ROOT, path, "package.json"), "utf8"));
}

function useInEmptyProject(project, tarballs) {
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  const typeScript = ["typescript", "@types/node"].map((name) => `${name}@${readManifest(".").devDependencies[name]}`);
  const paths = tarballs.map(({ path }) => path);
  if (!run("npm install", "npm", ["install", "--no-audit", "--no-fund", ...paths, ...typeScript], project)) return;

  writeFileSync(join(project, "use.mjs"), useNames());
  run("import from plain Node", process.execPath, ["use.mjs"], project);

  writeFileSync(join(project, "use.cjs"), useNames("require"));
  run("require from plain Node", process.execPath, ["use.cjs"], project);

  writeFileSync(join(project, "use.ts"), importNames());
  const options = ["--module", "nodenext", "--target", "es2023", "--types", "node", "--strict", "--noEmit"];
  run("compile against the types", join(project, "node_modules", ".bin", "tsc"), [...options, "use.ts"], project);
}

/** A program that fails unless each entry exports each of its public names. */
function useNames(load = "await import") {
  return `for (const [entry, names] of Object.entries(${JSON.stringify(PUBLIC_NAMES.values)})) {
  const exported = ${load}(entry);
  const missing = names.filter((name) => exported[name] === undefined);
  if (missing.length > 0) throw new Error(entry + " does not export " + missing.join(", "));
  console.log(entry, "exports", names.join(", "));
}
`;
}

function importNames() {
  const entries = Object.keys(PUBLIC_NAMES.values);
  const imports = entries.map((entry, index) => {
    const types = (PUBLIC_NAMES.types[entry] ?? []).map((name) => `type ${name} as ${name}${index}`);
    const values = PUBLIC_NAMES.values[entry].map((name) => `${name} as ${name}${index}`);
    return `import { ${[...values, ...types].join(", ")} } from ${JSON.stringify(entry)};\n`;
  });
  const values = entries.flatMap((entry, index) => PUBLIC_NAMES.values[entry].map((name) => `${name}${index}`));
  return `${imports.join("")}export const used: unknown[] = [${values.join(", ")}];\n`;
}

/** Runs a command and prints what it said if it failed. */
function run(title, command, args, cwd = ROOT) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  console.log(`${status === 0 ? "✓" : "✗"} ${title}`);
  if (status === 0) return true;
  console.log(`${error?.message ?? ""}${stdout}${stderr}`);
  failures.push(title);
  return false;
}
