import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { Volume } from "memfs";
import { expect, it } from "vitest";
import { Filesystem, type FilesystemDriver, StowageError } from "../../src/index.ts";
import { GenerationLock } from "../../src/lock/generation-lock.ts";
import { Generations } from "../../src/lock/generations.ts";
import type { HeldLock } from "../../src/lock/held-lock.ts";
import type { LockRecord } from "../../src/lock/lock-record.ts";
import { currentProcess } from "../../src/lock/process-identity.ts";

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;

it("after a release two generations lie there, released ones, and no list shows them", async () => {
  const { driver, filesystem } = storage();

  await takeTurns(filesystem, 1);
  expect(await numbersIn(driver)).toEqual([1]);
  await takeTurns(filesystem, 69);

  expect(await numbersIn(driver)).toEqual([69, 70]);
  for (const number of [69, 70]) {
    const generation = await new Generations(filesystem).read(number, signal);
    expect(generation?.record).toMatchObject({ key: "a.zip", isReleased: true });
  }
  for await (const { key } of filesystem.list()) expect.unreachable(key);
});

it("a holder that dies leaves its generation and the one before it", async () => {
  const { driver, filesystem } = storage();
  await takeTurns(filesystem, 3);
  await new Generations(filesystem).create(4, await recordOf({}), signal);
  expect(await numbersIn(driver)).toEqual([2, 3, 4]); // it had no time to remove any

  await takeTurns(filesystem, 1);

  expect(await numbersIn(driver)).toEqual([4, 5]);
});

it.each([
  ["released", 6],
  ["held", "BUSY"],
] as const)("a process that slept and creates a number whose time is over finds the lock %s", async (state, found) => {
  const { driver, filesystem } = storage();
  const held: HeldLock[] = [];
  const sleeper = beforeFirstWrite(driver, async () => {
    await takeTurns(filesystem, 4);
    held.push(await lockOn(filesystem).acquire("create", "b.zip", signal));
    if (state === "released") await held.pop()?.release();
  });

  const acquire = lockOn(new Filesystem(sleeper)).acquire("create", "a.zip", signal);

  expect(await acquire.then(release, codeOf)).toBe(found);
  expect(await numbersIn(driver)).not.toContain(1);
  for (const lock of held) {
    await lock.confirm(signal);
    await lock.release();
  }
});

it("a creation that lands late is nobody's: others neither wait for it nor keep it", async () => {
  const { driver, filesystem } = storage();
  await takeTurns(filesystem, 5);
  const late = await recordOf({ process: { ...(await currentProcess()), host: "another-host" } });
  await new Generations(filesystem).create(2, late, signal);

  const lock = await lockOn(filesystem).acquire("create", "a.zip", signal);

  expect(lock.token).toBe(6);
  await lock.release();
  expect(await numbersIn(driver)).toEqual([5, 6]);
});

it("a generation that is removed between the list and the read has a successor, which is looked at", async () => {
  for (const look of ["acquire", "assertFree"] as const) {
    const { driver, filesystem } = storage();
    await takeTurns(filesystem, 1);
    const held: HeldLock[] = [];
    const late = beforeFirstRead(driver, async () => {
      await takeTurns(filesystem, 2);
      held.push(await lockOn(filesystem).acquire("create", "a.zip", signal));
    });
    const lock = lockOn(new Filesystem(late));

    const looked =
      look === "acquire" ? lock.acquire("create", "a.zip", signal) : lock.assertFree("a.zip", look, signal);

    await expect(looked, look).rejects.toMatchObject({ code: "BUSY" });
    await held[0]?.release();
  }
});

it("a generation that is listed and cannot be found is waited for, as one whose holder nobody knows", async () => {
  const { driver, filesystem } = storage();
  await takeTurns(filesystem, 2);
  const read: FilesystemDriver["read"] = (key, options) => {
    if (key.endsWith("2")) throw new StowageError("NOT_FOUND", "it is listed, but not there");
    return driver.read(key, options);
  };
  const halfBlind = new Filesystem(wrapDriver(driver, { read }));

  const lock = await new GenerationLock(halfBlind, { ttlMs: 60 }).acquire("create", "a.zip", signal);

  expect(lock.token).toBe(3);
  await lock.release();
});

it("a creation after which the storage does not answer is released", async () => {
  const { driver, filesystem } = storage();
  let lists = 0;
  const list: FilesystemDriver["list"] = (options) => {
    lists += 1;
    if (lists === 2) throw new StowageError("UNAVAILABLE", "the connection broke", { retryable: true });
    return driver.list(options);
  };
  const acquire = lockOn(new Filesystem(wrapDriver(driver, { list }))).acquire("create", "a.zip", signal);

  await expect(acquire).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect((await new Generations(filesystem).read(1, signal))?.record).toMatchObject({ isReleased: true });
});

it("generations that may not be removed stay, and the lock works", async () => {
  const { driver } = storage();
  const refuse = () => {
    throw new StowageError("PERMISSION_DENIED", "objects are retained");
  };

  await takeTurns(new Filesystem(wrapDriver(driver, { delete: refuse })), 4);

  expect(await numbersIn(driver)).toEqual([1, 2, 3, 4]);
});

it("a turn asks the storage six times: to look, read, create and look again, to remove one and to release", async () => {
  const { driver, filesystem } = storage();
  await takeTurns(filesystem, 3);
  const asked: string[] = [];
  const verbs = ["list", "read", "write", "delete", "stat"] as const;
  const noting = verbs.map((verb) => [verb, note(asked, driver, verb)]);

  await takeTurns(new Filesystem(wrapDriver(driver, Object.fromEntries(noting))), 1);

  expect(asked.toSorted()).toEqual(["delete", "list", "list", "read", "write", "write"]);
});

function storage() {
  const driver = new MemoryDriver({ volume: new Volume() });
  return { driver, filesystem: new Filesystem(driver) };
}

/** Slow enough that nothing is renewed and nobody of another host is given up. */
function lockOn(filesystem: Filesystem): GenerationLock {
  return new GenerationLock(filesystem, { ttlMs: HOUR_MS });
}

async function takeTurns(filesystem: Filesystem, count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) {
    await release(await lockOn(filesystem).acquire("create", "a.zip", signal));
  }
}

async function release(lock: HeldLock): Promise<number> {
  await lock.release();
  return lock.token;
}

function codeOf(error: unknown): string {
  return error instanceof StowageError ? error.code : String(error);
}

async function numbersIn(driver: FilesystemDriver): Promise<number[]> {
  const { files } = await driver.list({ prefix: ".stowage-lock.", limit: 1_000, signal });
  return files.map(({ key }) => Number(key.slice(".stowage-lock.".length)));
}

function beforeFirstWrite(driver: FilesystemDriver, action: () => Promise<void>): FilesystemDriver {
  const first = once(action);
  return wrapDriver(driver, {
    write: async (key, content, options) => {
      await first();
      return driver.write(key, content, options);
    },
  });
}

function beforeFirstRead(driver: FilesystemDriver, action: () => Promise<void>): FilesystemDriver {
  const first = once(action);
  return wrapDriver(driver, {
    read: async (key, options) => {
      await first();
      return driver.read(key, options);
    },
  });
}

function once(action: () => Promise<void>): () => Promise<void> {
  let isDone = false;
  return async () => {
    if (isDone) return;
    isDone = true;
    await action();
  };
}

function note<Verb extends "list" | "read" | "write" | "delete" | "stat">(
  asked: string[],
  driver: FilesystemDriver,
  verb: Verb,
) {
  return (...parameters: unknown[]) => {
    asked.push(verb);
    return Reflect.apply(driver[verb], driver, parameters);
  };
}

async function recordOf(changes: Partial<LockRecord>): Promise<LockRecord> {
  const process = await currentProcess();
  return { holder: "somebody", process, operation: "create", key: "x.zip", renewals: 0, isReleased: false, ...changes };
}
