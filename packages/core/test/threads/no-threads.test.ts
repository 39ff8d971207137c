import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, test } from "vitest";
import { bundleApplication } from "../snapshot/bundle-application.ts";
import type { Outcome } from "./no-threads-child.ts";

/** Makes a process like one whose threads do not start, or end at once. */
const restricted = (construct: string) => `import threads from "node:worker_threads";
import { syncBuiltinESMExports } from "node:module";
const Threads = threads.Worker;
threads.Worker = class { constructor() { ${construct} } };
syncBuiltinESMExports();`;

test("where threads start, the status says so, and no warning comes", async () => {
  const { before, after, isBack, threads, warnings } = await run([]);

  expect({ before, after, isBack }).toEqual({ before: { available: true }, after: { available: true }, isBack: true });
  expect(threads).toBe(6); // of two creates and a restore
  expect(warnings).toEqual([]);
});

test.each([
  ["can be started", "throw new Error('no threads here');", "no threads here", 0],
  ["gets so far as to do anything", "return new Threads('throw new Error(1)', { eval: true });", "1", 2],
])(
  "where no thread %s, backups and restores go on, and one warning and the status say why",
  async (_, construct, reason, started) => {
    const { before, after, isBack, threads, warnings } = await run([
      "--import",
      `data:text/javascript,${encodeURIComponent(restricted(construct))}`,
    ]);

    expect({ before, isBack }).toEqual({ before: { available: true }, isBack: true });
    expect(threads).toBe(started);
    expect(after).toEqual({ available: false, reason });
    expect(warnings).toEqual([{ code: "STOWAGE_NO_THREADS", message: expect.stringContaining(reason) }]);
  },
);

async function run(flags: readonly string[]): Promise<Outcome> {
  const directory = await temporaryDirectory();
  const program = await bundleApplication("../threads/no-threads-child.ts", directory);
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program, directory]);
  return JSON.parse(stdout) as Outcome;
}
