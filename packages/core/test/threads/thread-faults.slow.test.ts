import { groupDirectories } from "@stowage/test-kit/tree";
import { beforeAll, describe, expect, test } from "vitest";
import { ThreadSweep } from "./thread-sweep.ts";

const directories = groupDirectories();
let sweep: ThreadSweep;
beforeAll(async () => {
  sweep = await ThreadSweep.prepare(directories);
});

describe.each(["EIO", "ENOSPC"])("with %s at every other call of any thread", (code) => {
  test.each([false, true])(
    "a restore leaves the old data or brings the new, and says which (from then on: %s)",
    async (onwards) => {
      const outcomes = await sweep.failRestores(code, { onwards, stride: onwards ? 5 : 2 });
      console.info(`restores in threads, ${code} ${onwards ? "from then on" : "once"}: ${JSON.stringify(outcomes)}`);
      expect(outcomes.old).toBeGreaterThan(0);
    },
  );

  test("a create stores the whole archive or nothing", async () => {
    const outcomes = await sweep.failCreates(code, { stride: 1 });
    console.info(`creates in threads, ${code}: ${JSON.stringify(outcomes)}`);
    expect(outcomes.whole).toBeGreaterThan(0);
  });
});

test("a process that is killed at any call of a thread leaves the old data or the new after recovery", async () => {
  const outcomes = await sweep.killRestores({ stride: 3 });
  console.info(`restores in threads, killed: ${JSON.stringify(outcomes)}`);
  expect(Math.min(outcomes.old, outcomes.new)).toBeGreaterThan(0);
});
