import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, test } from "vitest";
import { bundleApplication } from "../snapshot/bundle-application.ts";
import type { Outcome } from "./no-threads-child.ts";

/** Makes a process like one that may start no threads. */
const RESTRICTED = `import threads from "node:worker_threads";
import { syncBuiltinESMExports } from "node:module";
threads.Worker = class { constructor() { throw new Error("no threads here"); } };
syncBuiltinESMExports();`;

test("where threads start, the status says so, and no warning comes", async () => {
  const { before, after, isBack, threads, warnings } = await run([]);

  expect({ before, after, isBack }).toEqual({ before: { available: true }, after: { available: true }, isBack: true });
  expect(threads).toBe(6); // of two creates and a restore
  expect(warnings).toEqual([]);
});

test("where no thread can be started, backups and restores go on, and one warning and the status say why", async () => {
  const { before, after, isBack, threads, warnings } = await run([
    "--import",
    `data:text/javascript,${encodeURIComponent(RESTRICTED)}`,
  ]);

  expect({ before, isBack, threads }).toEqual({ before: { available: true }, isBack: true, threads: 0 });
  const reason = "no threads here";
  expect(after).toEqual({ available: false, reason });
  expect(warnings).toEqual([{ code: "STOWAGE_NO_THREADS", message: expect.stringContaining(reason) }]);
});

async function run(flags: readonly string[]): Promise<Outcome> {
  const directory = await temporaryDirectory();
  const program = await bundleApplication("../threads/no-threads-child.ts", directory);
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, directory]);
  return JSON.parse(stdout) as Outcome;
}
