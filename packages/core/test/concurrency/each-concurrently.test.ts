import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { eachConcurrently } from "../../src/concurrency/job-queue.ts";
import { noSignal } from "../archive/archives.ts";

const items = Array.from({ length: 10 }, (_, index) => index);

test("as many run at once as the limit says", async () => {
  let running = 0;
  let most = 0;

  await eachConcurrently(items, { limit: 3, signal: noSignal }, async () => {
    running += 1;
    most = Math.max(most, running);
    await setImmediate();
    running -= 1;
  });

  expect(most).toBe(3);
});

test("after a failure none is started, and it is thrown once all have ended", async () => {
  const failure = new Error("the first");
  const started: number[] = [];
  let ended = 0;
  const running = eachConcurrently(items, { limit: 2, signal: noSignal }, async (item) => {
    started.push(item);
    if (item === 0) throw failure;
    await setImmediate();
    ended += 1;
  });

  await expect(running).rejects.toBe(failure);
  expect(started).toEqual([0, 1]);
  expect(ended).toBe(1);
});
