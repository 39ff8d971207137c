import { expect, test } from "vitest";
import {
  type Classification,
  DriverAtFirstUse,
  type DriverAtFirstUseParts,
  type LoadedDriver,
} from "../../src/driver.ts";

const { signal } = new AbortController();
const LIMITS = { maxObjectSize: 1, maxConcurrency: 1, pageSize: 1 };

class TestDriver extends DriverAtFirstUse {
  override classify(): Classification {
    return { code: "INTERNAL", retryable: false };
  }
}

function driverOf(load: DriverAtFirstUseParts["load"]): DriverAtFirstUse {
  const capabilities = { shared: true, limits: LIMITS } as never;
  return new TestDriver({ kind: "a", capabilities, packageName: "a-package", load });
}

/** Answers each call with its name and what it was given. */
function answering(calls: unknown[]): LoadedDriver {
  const answer =
    (name: string) =>
    (...values: unknown[]) => {
      calls.push([name, ...values]);
      return Promise.resolve(name) as never;
    };
  const names = ["open", "stat", "list", "read", "write", "delete", "signUrl", "close"] as const;
  return Object.fromEntries(names.map((name) => [name, answer(name)])) as unknown as LoadedDriver;
}

test("what is used first is loaded and made once, however often it is asked for", async () => {
  let [loads, made] = [0, 0];
  const calls: unknown[] = [];
  const driver = driverOf(async () => {
    loads++;
    return () => {
      made++;
      return answering(calls);
    };
  });
  expect(loads).toBe(0);

  await Promise.all([driver.stat("a", { signal }), driver.stat("b", { signal })]);

  expect([loads, made]).toEqual([1, 1]);
});

test("each call reaches what was made with all that it was given, and is answered by it", async () => {
  const calls: unknown[] = [];
  const driver = driverOf(async () => () => answering(calls));
  const content = (async function* () {})();
  const range = { signal, range: { start: 1 } };
  const page = { signal, prefix: "a", limit: 3 };

  const answers = [
    await driver.open({ signal }),
    await driver.stat("a", { signal }),
    await driver.list(page),
    await driver.read("b", range as never),
    await driver.write("c", content, { signal }),
    await driver.delete("d", { signal }),
    await driver.signUrl("e", { expiresInMs: 5 }),
    await driver.close(),
  ];

  expect(answers).toEqual([undefined, "stat", "list", "read", "write", undefined, "signUrl", undefined]);
  expect(calls).toEqual([
    ["open", { signal }],
    ["stat", "a", { signal }],
    ["list", page],
    ["read", "b", range],
    ["write", "c", content, { signal }],
    ["delete", "d", { signal }],
    ["signUrl", "e", { expiresInMs: 5 }],
    ["close"],
  ]);
});

test("a close of what was never used loads nothing", async () => {
  const driver = driverOf(() => expect.fail("it was loaded"));
  await driver.close();
});

test.each([
  ["is missing", "ERR_MODULE_NOT_FOUND", "a-package cannot be loaded; npm install a-package brings it: broken"],
  ["is broken", "ERR_INVALID_PACKAGE_TARGET", "a-package cannot be loaded: broken"],
])("a package that %s is CONFIG_INVALID, with its name and the cause", async (_, code, message) => {
  const cause = Object.assign(new Error("broken"), { code });
  const driver = driverOf(() => Promise.reject(cause));

  await expect(driver.stat("a", { signal })).rejects.toMatchObject({ code: "CONFIG_INVALID", cause, message });
  await driver.close();
});

test("what cannot be made of a package that is there fails as it does", async () => {
  const error = new TypeError("no such endpoint");
  const driver = driverOf(async () => () => {
    throw error;
  });

  await expect(driver.stat("a", { signal })).rejects.toBe(error);
});
