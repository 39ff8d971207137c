import { groupDirectories } from "@stowage/test-kit/tree";
import { beforeAll, expect, test } from "vitest";
import { ThreadSweep } from "./thread-sweep.ts";

const directories = groupDirectories();
let sweep: ThreadSweep;
beforeAll(async () => {
  sweep = await ThreadSweep.prepare(directories);
});

test("a restore in threads that fails at any call, leaves the old data or brings the new, and says which", async () => {
  const outcomes = await sweep.failRestores("EIO", { onwards: false, stride: 31 });
  expect(outcomes.calls).toBeGreaterThan(150);
  expect(outcomes.old + outcomes.new).toBeGreaterThan(5);
});

test("a create in threads with an error at any call stores the whole archive or nothing", async () => {
  const outcomes = await sweep.failCreates("EIO", { stride: 13 });
  expect(outcomes.calls).toBeGreaterThan(60);
  expect(outcomes.whole).toBeGreaterThan(0);
});

test("a process that is killed at any call of a thread leaves the old data or the new after recovery", async () => {
  const outcomes = await sweep.killRestores({ stride: 61 });
  expect(outcomes.old).toBeGreaterThan(0);
});
