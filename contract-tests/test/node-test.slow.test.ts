import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { cases } from "../src/index.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FIXTURE = fileURLToPath(new URL("fixtures/local-by-node-test.mjs", import.meta.url));

it("the suite runs under node:test, from what is built", async () => {
  await run("node_modules/.bin/tsc", ["-b", "contract-tests", "packages/local"], { cwd: ROOT });
  const { stdout } = await run(process.execPath, ["--test", "--test-reporter=tap", FIXTURE], {
    cwd: ROOT,
    maxBuffer: 1e8,
  });
  const registrations = cases
    .filter(({ tier }) => tier === "fast")
    .flatMap(({ isPrefixed }) => (isPrefixed ? ["plain", "prefixed"] : ["plain"])).length;
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(stdout)?.[1]);
  expect(count("fail")).toBe(0);
  expect(count("pass") + count("skipped")).toBe(1 + registrations); // the first use of each method;
  expect(count("skipped")).toBeGreaterThan(0);
  expect(stdout).toContain("# SKIP the harness has no openDenied");
});
