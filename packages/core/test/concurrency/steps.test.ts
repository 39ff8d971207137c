import { expect, it } from "vitest";
import { type Awaitable, isLater, later, type Steps, step, take } from "../../src/concurrency/steps.ts";

function* sum(...values: readonly Awaitable<number>[]): Steps<number> {
  let total = 0;
  for (const value of values) total += yield* step(value);
  return total;
}

function* guarded(value: Awaitable<number>, closed: string[]): Steps<number> {
  try {
    return isLater(value) ? yield* later(value) : value;
  } finally {
    closed.push("closed");
  }
}

it("steps that are done at once make no promise", () => {
  expect(take(sum(1, 2, 3))).toBe(6);
});

it("steps that are done later are waited for, each in its turn", async () => {
  expect(await take(sum(1, Promise.resolve(2), 3, Promise.resolve(4)))).toBe(10);
});

it("a step that fails later fails the steps, and what comes finally is done", async () => {
  const closed: string[] = [];

  await expect(take(guarded(Promise.reject(new Error("the disk caught fire")), closed))).rejects.toThrow("fire");

  expect(closed).toEqual(["closed"]);
});

it("a promise of another class is waited for", async () => {
  const original = globalThis.Promise;
  const promise = (async () => 2)();
  globalThis.Promise = class extends original<unknown> {} as PromiseConstructor;
  try {
    expect(isLater(promise)).toBe(true);
  } finally {
    globalThis.Promise = original;
  }
});
