import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FIXTURE = fileURLToPath(new URL("fixtures/crashing-harness.mjs", import.meta.url));

it("an error of a driver that nobody can catch fails the case that runs, in one sentence, and the others go on", () => {
  const run = (...words: string[]) => spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8" });
  expect(run("node_modules/typescript/bin/tsc", "-b", "contract-tests", "packages/memory").status).toBe(0);
  const { status, stdout, stderr } = run("contract-tests/dist/command.js", FIXTURE);
  expect([status, stderr]).toEqual([1, ""]);
  const told =
    "Error: socket hang up was thrown where nobody can catch it, which ends a process: promised is a rejection";
  expect(stdout.split("\n").find((line) => line.includes("own/crash"))).toMatch(
    new RegExp(`^failed +own/crash +${told}$`),
  );
  expect(stdout).toMatch(/^passed +own\/goes-on$/m);
  expect(stdout).toMatch(/, 1 failed, /);
});
