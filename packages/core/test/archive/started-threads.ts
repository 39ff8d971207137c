import type { Worker } from "node:worker_threads";
import { afterAll, beforeEach, expect } from "vitest";

/** Called in a file of tests: returns what counts the threads that a test has started, all of which must have ended. */
export function watchThreads(): () => number {
  const started: Worker[] = [];
  const note = (worker: Worker) => started.push(worker);
  process.on("worker", note);
  beforeEach(() => void started.splice(0));
  afterAll(() => void process.off("worker", note));
  return () => {
    const threads = started.splice(0);
    expect(threads.map(({ threadId }) => threadId)).toEqual(threads.map(() => -1));
    return threads.length;
  };
}
