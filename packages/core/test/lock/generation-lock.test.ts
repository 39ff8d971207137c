import { loseReply, wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { Volume } from "memfs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { Filesystem } from "../../src/index.ts";
import { GenerationLock } from "../../src/lock/generation-lock.ts";
import { Generations } from "../../src/lock/generations.ts";
import type { LockRecord } from "../../src/lock/lock-record.ts";
import { currentProcess, hostClock } from "../../src/lock/process-identity.ts";
import { makeManager } from "../manager/manager-fixture.ts";

const { signal } = new AbortController();
const TTL_MS = 240;

describe("the lock in the storage", () => {
  it("goes to one of many at a time, with a token that rises", async () => {
    const { open } = storage();
    const self = await currentProcess();
    const settings = { ttlMs: TTL_MS, identify: async () => self }; // in step, so that all see the lock free
    const tokens: number[] = [];

    for (let round = 0; round < 5; round++) {
      const attempts = Array.from({ length: 16 }, () =>
        new GenerationLock(open(), settings).acquire("create", "a.zip", signal),
      );
      const results = await Promise.allSettled(attempts);
      const winners = results.filter((result) => result.status === "fulfilled");
      const losers = results.filter((result) => result.status === "rejected");
      expect(winners).toHaveLength(1);
      for (const { reason } of losers) expect(reason).toMatchObject({ code: "BUSY" });
      tokens.push(winners[0]?.value.token ?? 0);
      await winners[0]?.value.release();
    }

    expect(tokens).toEqual([1, 2, 3, 4, 5]);
  });

  it("is taken over at once when its holder of this thread gave up without a word", async () => {
    const { filesystem } = storage();
    await new Generations(filesystem).create(7, await recordOf({}), signal);

    const lock = await lockOn(filesystem, 3_600_000).acquire("create", "a.zip", signal);

    expect(lock.token).toBe(8);
    await lock.release();
  });

  it("is taken over at once when its holder's process is gone, or another one has its id", async () => {
    const self = await currentProcess();
    for (const process of [
      { ...self, pid: 2 ** 22 + 1 },
      { ...self, pid: 1, startedAt: "1" },
    ]) {
      const { filesystem } = storage();
      await new Generations(filesystem).create(1, await recordOf({ process }), signal);

      const lock = await lockOn(filesystem, 3_600_000).acquire("create", "a.zip", signal);
      expect(lock.token).toBe(2);
      await lock.release();
    }
  });

  it("is busy while a holder on another host gives signs of life", async () => {
    const { filesystem } = storage();
    const generations = new Generations(filesystem);
    const record = await recordOf({ process: await elsewhere() });
    await generations.create(1, record, signal);

    let renewals = 0;
    const renew = setInterval(() => void generations.rewrite(1, { ...record, renewals: ++renewals }, signal), 10);
    onTestFinished(() => clearInterval(renew));

    await expect(lockOn(filesystem).acquire("create", "a.zip", signal)).rejects.toMatchObject({ code: "BUSY" });
  });

  it("is taken over from a holder on another host that stayed silent for 1.25 × ttl, whatever the wall clock says", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    for (const jumpMs of [3_600_000, -3_600_000]) {
      const { filesystem } = storage();
      await new Generations(filesystem).create(1, await recordOf({ process: await elsewhere() }), signal);
      const startedAt = performance.now();

      const acquire = lockOn(filesystem).acquire("create", "a.zip", signal);
      vi.setSystemTime(Date.now() + jumpMs);
      const lock = await acquire;

      expect(lock.token).toBe(2);
      expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1.25 * TTL_MS);
      await lock.release();
    }
  });

  it("is known as its own when the answer to its creation was lost, so that it leaves no orphan", async () => {
    const { volume } = storage();
    const lossy = loseReply(new MemoryDriver({ volume }), { verb: "write" });

    const lock = await lockOn(new Filesystem(lossy)).acquire("create", "a.zip", signal);

    expect(lock.token).toBe(1);
    await lock.release();
    await (await lockOn(new Filesystem(new MemoryDriver({ volume }))).acquire("create", "a.zip", signal)).release();
  });
});

describe("a holder", () => {
  it("renews while it lives, so that it stays fresh for longer than the ttl", async () => {
    const { filesystem } = storage();
    const lock = await lockOn(filesystem, 1_500).acquire("create", "a.zip", signal);
    const generations = new Generations(filesystem);

    await vi.waitUntil(async () => ((await generations.read(1, signal))?.record?.renewals ?? 0) >= 4, {
      timeout: 10_000,
    });

    expect(() => lock.assertFresh()).not.toThrow();
    await lock.confirm(signal);
    await lock.release();
    expect((await generations.read(1, signal))?.record?.isReleased).toBe(true);
  });

  it("stops by itself when it cannot renew, and changes nothing any more", async () => {
    const writes: string[] = [];
    let isDown = false;
    const { volume } = storage();
    const driver = new MemoryDriver({ volume });
    const flaky = wrapDriver(driver, {
      write: async (key, content, options) => {
        if (isDown) throw new Error("unreachable");
        writes.push(key);
        return driver.write(key, content, options);
      },
    });
    const lock = await lockOn(new Filesystem(flaky)).acquire("create", "a.zip", signal);
    isDown = true;

    await new Promise((resolve) => lock.signal.addEventListener("abort", resolve));
    isDown = false;
    const before = writes.length;
    await lock.release();

    expect(lock.signal.reason).toMatchObject({ code: "LOCK_LOST", key: "a.zip" });
    expect(() => lock.assertFresh()).toThrow(expect.objectContaining({ code: "LOCK_LOST" }));
    expect(writes).toHaveLength(before);
  });

  it("finds out before it acts when it slept through its time, by a clock alone", async () => {
    const { filesystem } = storage();
    const clock = { now: 0 };
    const lock = await new GenerationLock(filesystem, { ttlMs: 3_600_000, now: () => clock.now }).acquire(
      "create",
      "a",
      signal,
    );

    clock.now = 2_400_000;
    expect(() => lock.assertFresh()).not.toThrow();
    clock.now = 2_400_001;
    expect(() => lock.assertFresh()).toThrow(expect.objectContaining({ code: "LOCK_LOST" }));

    await lock.release();
    expect((await new Generations(filesystem).read(1, signal))?.record?.isReleased).toBe(false);
  });

  it("finds out before it publishes that another generation took over", async () => {
    const { filesystem } = storage();
    const lock = await lockOn(filesystem, 3_600_000).acquire("create", "a.zip", signal);
    await new Generations(filesystem).create(2, await recordOf({}), signal);

    await expect(lock.confirm(signal)).rejects.toMatchObject({ code: "LOCK_LOST" });
    expect(lock.signal.aborted).toBe(true);
    await lock.release();
  });
});

describe("a manager whose lock is taken over", () => {
  it.each(["create", "restore"] as const)(
    "does not publish: %s fails with LOCK_LOST and changes nothing",
    async (operation) => {
      let takeOver = async () => {};
      const hooks = { beforeSnapshot: () => takeOver(), beforeSwap: () => takeOver() };
      const { manager, filesystem, dataDir } = await makeManager({ hooks });
      await manager.create({ name: "a.zip" });
      const generations = new Generations(filesystem);
      takeOver = async () => {
        await generations.create((await generations.highest(signal)) + 1, await recordOf({}), signal);
      };

      const run = operation === "create" ? manager.create({ name: "b.zip" }) : manager.restore("a.zip");

      await expect(run).rejects.toMatchObject({ code: "LOCK_LOST" });
      expect((await manager.list()).map(({ key }) => key)).toEqual(["a.zip"]);
      expect(dataDir).toBeDefined();
    },
  );

  it("keeps out a manager of another process, and protects the key from it", async () => {
    const { manager, filesystem } = await makeManager({ lockTtlMs: 200 });
    await manager.create({ name: "a.zip" });
    const record = await recordOf({
      process: { ...(await currentProcess()), pid: process.ppid, startedAt: await startOfParent() },
      ttlMs: 3_600_000,
      renewedAt: hostClock(),
    });
    await new Generations(filesystem).create(50, { ...record, key: "a.zip", operation: "restore" }, signal);

    for (const run of [() => manager.create(), () => manager.restore("a.zip"), () => manager.delete("a.zip")]) {
      await expect(run()).rejects.toMatchObject({ code: "BUSY" });
    }
  });
});

function storage() {
  const volume = new Volume();
  const open = () => new Filesystem(new MemoryDriver({ volume }));
  return { volume, open, filesystem: open() };
}

function lockOn(filesystem: Filesystem, ttlMs = TTL_MS): GenerationLock {
  return new GenerationLock(filesystem, { ttlMs });
}

async function recordOf(changes: Partial<LockRecord>): Promise<LockRecord> {
  const process = await currentProcess();
  return { holder: "somebody", process, operation: "create", key: "x.zip", renewals: 0, isReleased: false, ...changes };
}

async function elsewhere() {
  return { ...(await currentProcess()), host: "another-host" };
}

async function startOfParent(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const line = await readFile(`/proc/${process.ppid}/stat`, "latin1");
  return line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
