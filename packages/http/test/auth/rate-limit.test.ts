import { expect, it } from "vitest";
import { RateLimit } from "../../src/auth/rate-limit.ts";

const RATE = { burst: 3, intervalMs: 1000 };

it("lets a burst pass, and then one per interval", () => {
  const { limit, wait } = limitWith();
  const taken = () => limit.take("a");

  expect([taken(), taken(), taken(), taken()]).toEqual([0, 0, 0, 1000]);
  wait(400);
  expect(taken()).toBe(600);
  wait(600);
  expect([taken(), taken()]).toEqual([0, 1000]);
});

it("is full again after burst intervals, and never fuller", () => {
  const { limit, wait } = limitWith();
  for (let i = 0; i < 3; i++) limit.take("a");
  wait(1_000_000);

  expect([1, 2, 3, 4].map(() => limit.take("a"))).toEqual([0, 0, 0, 1000]);
});

it("a refusal takes nothing", () => {
  const { limit, wait } = limitWith();
  for (let i = 0; i < 1000; i++) limit.take("a");
  wait(1000);

  expect(limit.take("a")).toBe(0);
});

it("one key does not take from another", () => {
  const { limit } = limitWith();
  for (let i = 0; i < 4; i++) limit.take("a");

  expect(limit.take("b")).toBe(0);
});

it("what is given back can be taken again, but no more than that", () => {
  const { limit } = limitWith();
  for (let i = 0; i < 3; i++) limit.take("a");
  limit.giveBack("a");

  expect([limit.take("a"), limit.take("a")]).toEqual([0, 1000]);
  for (let i = 0; i < 10; i++) limit.giveBack("a");
  expect(limit.size).toBe(0);
  expect([1, 2, 3, 4].map(() => limit.take("a"))).toEqual([0, 0, 0, 1000]);
});

it("keeps no more buckets than it may", () => {
  const { limit, wait } = limitWith(100);
  for (let i = 0; i < 5000; i++) {
    limit.take(`address ${i}`);
    if (i % 7 === 0) wait(1);
    expect(limit.size).toBeLessThanOrEqual(100);
  }
});

it("an empty bucket is not pushed out by others that are less empty", () => {
  const { limit } = limitWith(100);
  for (let i = 0; i < 3; i++) limit.take("attacker");
  for (let i = 0; i < 10_000; i++) {
    limit.take(`${i}`);
    limit.take(`${i}`);
  }

  expect(limit.take("attacker")).toBe(1000);
});

it("buckets that are full again make room first, all at once", () => {
  const { limit, wait } = limitWith(100);
  for (let i = 0; i < 99; i++) limit.take(`${i}`);
  wait(500);
  limit.take("later");
  wait(500);
  limit.take("last");

  expect(limit.size).toBe(2);
});

function limitWith(maxKeys = 10) {
  let now = 5_000_000;
  const limit = new RateLimit(RATE, { maxKeys, now: () => now });
  const wait = (ms: number) => {
    now += ms;
  };
  return { limit, wait };
}
