import { Filesystem, type FilesystemDriver } from "@stowage/core";
import { describe, expect, it } from "vitest";
import {
  type CheckReport,
  cases,
  changeBody,
  checkFilesystem,
  type DriverVerb,
  interceptCalls,
  testFilesystem,
  wrapDriver,
} from "../src/index.ts";
import { runCase } from "../src/run/run-case.ts";
import { RecordedRunner } from "./recorded-runner.ts";
import { ReferenceDriver } from "./reference-driver.ts";
import { referenceHarness, waiting } from "./reference-harness.ts";
import { ReferencePlace } from "./reference-place.ts";

const VERBS = ["open", "stat", "list", "read", "write", "delete", "close"] as const;
const never = <T>() => new Promise<T>(() => {});

describe("a driver that hangs", () => {
  it.concurrent.each(VERBS)(
    "in %s is told after its first use: what is pending, and what was called before",
    async (verb) => {
      const { passed, failed, skipped } = await check((driver) => hangingIn(driver, verb));
      expect(failed.map(({ id }) => id)).toEqual(["shape/answers"]);
      expect(String(failed[0]?.error)).toContain(`pending: ${verb}`);
      expect(String(failed[0]?.error)).toMatch(new RegExp(`the driver's last calls: .*${verb}[^,]* → pending`));
      expect([passed, skipped.length > 100]).toEqual([0, true]);
    },
  );

  it("in the content of an object is told in the same way", async () => {
    const { failed } = await check((driver) => changeBody(driver, stalling));
    expect(String(failed[0]?.error)).toContain("pending: content of read");
    expect(failed).toHaveLength(1);
  });

  it("in what the first use does not do costs three cases, each of which names the call", async () => {
    const stallingForAbsent = (driver: FilesystemDriver) =>
      wrapDriver(driver, { stat: (key, options) => driver.stat(key, options).catch(() => never()) });
    const { failed, skipped } = await check(stallingForAbsent);
    expect(failed.map(({ error }) => /pending: stat/.test(String(error)))).toEqual([true, true, true]);
    expect(skipped.at(-1)?.reason).toContain("3 cases did not end in time");
  });

  it.concurrent.each(VERBS.filter((verb) => verb !== "write" && verb !== "close"))(
    "in %s although its signal aborts, where no server answers, is named",
    async (verb) => {
      const silent = cases.find(({ id }) => id === "errors/silent-server") ?? expect.fail("no such case");
      const openSilent = (place: ReferencePlace) => new Filesystem(waiting(new ReferenceDriver(place), verb));
      const broken = referenceHarness({ changes: (_, place) => ({ openSilent: () => openSilent(place) }) });
      const outcome = await runCase(silent, broken, { variant: "plain", settleMs: 1, timeoutMs: 300 });
      expect(outcome.status === "failed" && String(outcome.error)).toMatch(
        new RegExp(`the case is not over after 300 ms .*\\npending: ${verb}[^,]*\\n`),
      );
    },
  );

  it("fails the run, also where the three are known deviations", async () => {
    const runner = new RecordedRunner();
    const ids = ["open/places-are-isolated", "stat/missing-key", "delete/removes"];
    testFilesystem(runner, {
      name: "hanging",
      ...harness((driver) =>
        wrapDriver(driver, { stat: (key, options) => driver.stat(key, options).catch(() => never()) }),
      ),
      deviations: Object.fromEntries(ids.map((id) => [id, "it hangs"])),
      timeoutMs: 300,
    });
    for (const id of ids) await runner.run(id);
    expect(() => runner.finish()).toThrow("cases did not end in time, and the rest was skipped");
  });
});

it("a failure names the last calls of the driver that led to it", async () => {
  const { failed } = await check((driver) =>
    wrapDriver(driver, { stat: async (key, options) => ({ ...(await driver.stat(key, options)), size: 3 }) }),
  );
  const error = failed.find(({ id }) => id === "keys/plain")?.error;
  expect(String(error)).toMatch(
    /\[seed \d+\]\nthe driver's last calls: open → ok, write "[^"]+backup.zip" → ok, .*stat/,
  );
  expect((error as Error).stack).toContain("the driver's last calls");
});

function check(change: (driver: FilesystemDriver) => FilesystemDriver): Promise<CheckReport> {
  return checkFilesystem(harness(change), { settleMs: 1, timeoutMs: 300 });
}

function harness(change: (driver: FilesystemDriver) => FilesystemDriver) {
  return {
    create: () => {
      const place = new ReferencePlace();
      return { open: () => new Filesystem(change(new ReferenceDriver(place))) };
    },
  };
}

function hangingIn(driver: FilesystemDriver, verb: DriverVerb): FilesystemDriver {
  return interceptCalls(driver, (called, call) => (called === verb ? never() : call()));
}

async function* stalling(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  await never();
  yield* content;
}
