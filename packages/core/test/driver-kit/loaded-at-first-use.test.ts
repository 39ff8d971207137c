import { expect, test } from "vitest";
import { loadedAtFirstUse } from "../../src/driver-kit/loaded-at-first-use.ts";

test("what is used first is loaded and made once, however often it is asked for", async () => {
  let loads = 0;
  const lazy = loadedAtFirstUse(
    "a-package",
    async () => ({ answer: ++loads }),
    ({ answer }) => ({ answer }),
  );
  expect(await lazy.loaded()).toBeUndefined();
  expect(loads).toBe(0);

  const [first, second] = await Promise.all([lazy.get(), lazy.get()]);

  expect(first).toEqual({ answer: 1 });
  expect(second).toBe(first);
  expect(await lazy.loaded()).toBe(first);
});

test("a package that cannot be loaded is CONFIG_INVALID, with its name and the cause", async () => {
  const cause = new Error("broken");
  const lazy = loadedAtFirstUse(
    "a-package",
    () => Promise.reject(cause),
    () => 1,
  );

  await expect(lazy.get()).rejects.toMatchObject({ code: "CONFIG_INVALID", cause });
  await expect(lazy.get()).rejects.toThrow(/npm install a-package .*broken/);
  expect(await lazy.loaded()).toBeUndefined();
});

test("what cannot be made of a package that is there fails as it does", async () => {
  const error = new TypeError("no such endpoint");
  const lazy = loadedAtFirstUse(
    "a-package",
    async () => ({}),
    () => {
      throw error;
    },
  );

  await expect(lazy.get()).rejects.toBe(error);
});
