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

test.each([
  ["is missing", "ERR_MODULE_NOT_FOUND", "a-package cannot be loaded; npm install a-package brings it: broken"],
  ["is broken", "ERR_INVALID_PACKAGE_TARGET", "a-package cannot be loaded: broken"],
])("a package that %s is CONFIG_INVALID, with its name and the cause", async (_, code, message) => {
  const cause = Object.assign(new Error("broken"), { code });
  const lazy = loadedAtFirstUse(
    "a-package",
    () => Promise.reject(cause),
    () => 1,
  );

  await expect(lazy.get()).rejects.toMatchObject({ code: "CONFIG_INVALID", cause, message });
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
