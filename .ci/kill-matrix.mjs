// Runs every case of the conformance suite on every flaw of contract-tests/test/broken-drivers, and prints which case kills which:
// the kill matrix. Exit code 1 if a flawed driver survives the fast tier, or a case kills none alone, without a reason given.
// `--out FILE` writes the whole table as Markdown, `--only TEXT` runs the flaws whose name holds it, `--processes N` as many at once.

import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** Beside the packages that it imports. Built from the TypeScript, which Node 20 does not run. */
const BUILT = join(ROOT, "contract-tests", ".kill-matrix");

const words = process.argv.slice(2).map((word, index, all) => (all[index - 1] === "--out" ? resolve(word) : word));
try {
  run(join(ROOT, "node_modules", ".bin", "tsc"), ["-p", join(ROOT, "contract-tests", "tsconfig.matrix.json")]);
  run(process.execPath, [join(BUILT, "test", "kill-matrix", "main.js"), ...words]);
} finally {
  rmSync(BUILT, { recursive: true, force: true });
}

function run(command, parameters) {
  if (process.exitCode) return;
  const { status } = spawnSync(command, parameters, { cwd: ROOT, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
