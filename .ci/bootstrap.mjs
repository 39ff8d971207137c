// Installs the dependencies exactly as the lock file says, unless that was done already.
// Needs Node and npm only: the pnpm that package.json pins comes from the npm registry, for this one run.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const STAMP = join(ROOT, "node_modules", ".stowage-installed");
const OLDEST_NODE = [20, 19];

/** Gives up after 14 s without a network, where npm alone takes over a minute of silence. */
const RETRIES = ["--fetch-retries=3", "--fetch-retry-mintimeout=2000", "--fetch-retry-factor=2"];

requireNode();
const wanted = fingerprint();
if (installed() !== wanted) {
  rmSync(STAMP, { force: true });
  install();
  writeFileSync(STAMP, wanted);
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  fail(`Stowage needs Node ${OLDEST_NODE.join(".")} or newer. This is Node ${process.versions.node}.`);
}

/** Changes with every file that decides what is installed, and with the Node it is installed for. */
function fingerprint() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${process.versions.modules}`);
  for (const path of ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests()]) {
    hash.update(`\0${path}\0`).update(readFileSync(join(ROOT, path)));
  }
  return hash.digest("hex");
}

function manifests() {
  const packages = ["packages", "examples"].flatMap((folder) => {
    return readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}/package.json`);
  });
  const all = ["package.json", "contract-tests/package.json", ...packages.sort()];
  return all.filter((path) => existsSync(join(ROOT, path)));
}

function installed() {
  return existsSync(STAMP) ? readFileSync(STAMP, "utf8") : undefined;
}

function install() {
  const pnpm = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).packageManager;
  console.log(`Installing the dependencies from pnpm-lock.yaml with ${pnpm} …`);
  const { command, shell } = npm();
  const run = [pnpm, "install", "--frozen-lockfile", "--config.confirm-modules-purge=false"];
  const args = [...command.slice(1), "exec", "--yes", ...RETRIES, "--", ...run];
  const { status, error } = spawnSync(command[0], args, { cwd: ROOT, shell, stdio: "inherit" });
  if (status === 0) return;
  fail(
    `The dependencies could not be installed${error ? `: ${error.message}` : ""}.`,
    "The messages above say why. If they are about the network: the npm registry must be reachable once,",
    "and `npm config get registry` shows which one is used. Nothing else is downloaded.",
  );
}

/** Runs npm by the file that started us, if it did: on Windows its command is a script that needs a shell. */
function npm() {
  const file = process.env.npm_execpath;
  if (file && /^npm(-cli)?\.c?js$/.test(basename(file))) return { command: [process.execPath, file], shell: false };
  return { command: ["npm"], shell: process.platform === "win32" };
}

function fail(...lines) {
  console.error(`\n${lines.join("\n")}\n`);
  process.exit(1);
}
