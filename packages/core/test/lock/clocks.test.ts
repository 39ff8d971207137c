import { readFile } from "node:fs/promises";
import { MemoryDriver } from "@stowage/memory";
import { expect, it, onTestFinished, vi } from "vitest";
import { Filesystem } from "../../src/index.ts";
import { GenerationLock } from "../../src/lock/generation-lock.ts";
import { Generations } from "../../src/lock/generations.ts";
import type { LockRecord } from "../../src/lock/lock-record.ts";
import { currentProcess, hostClock } from "../../src/lock/process-identity.ts";

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;

it("a holder stays fresh and goes on renewing when the wall clock jumps by an hour", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  for (const jumpMs of [HOUR_MS, -HOUR_MS]) {
    const filesystem = new Filesystem(new MemoryDriver());
    const lock = await new GenerationLock(filesystem, { ttlMs: 2_000 }).acquire("create", "a.zip", signal);
    const { renewals = 0 } = (await new Generations(filesystem).read(1, signal))?.record ?? {};

    vi.setSystemTime(Date.now() + jumpMs);

    expect(() => lock.assertFresh()).not.toThrow();
    await vi.waitUntil(
      async () => ((await new Generations(filesystem).read(1, signal))?.record?.renewals ?? 0) > renewals,
      { timeout: 10_000 },
    );
    await lock.confirm(signal);
    await lock.release();
  }
});

it("a holder that another process of its host is, is BUSY at once while it renews, whatever the wall clock says", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  for (const jumpMs of [HOUR_MS, -HOUR_MS]) {
    const filesystem = await heldBy({ process: await parent(), ttlMs: HOUR_MS / 2, renewedAt: hostClock() });
    vi.setSystemTime(Date.now() + jumpMs);

    const acquire = new GenerationLock(filesystem).acquire("create", "a.zip", signal);

    await expect(acquire).rejects.toMatchObject({ code: "BUSY" });
  }
});

it("a holder that lives in another process of its host is taken over at once when it has not renewed for 1.25 × ttl", async () => {
  const renewedAt = hostClock() - 1.25 * HOUR_MS - 1;
  const filesystem = await heldBy({ process: await parent(), ttlMs: HOUR_MS, renewedAt });

  const lock = await new GenerationLock(filesystem, { ttlMs: HOUR_MS }).acquire("create", "a.zip", signal);

  expect(lock.token).toBe(2);
  await lock.release();
});

it("a watcher goes by the holder's ttl, not by its own", async () => {
  const elsewhere = { ...(await currentProcess()), host: "another-host" };
  const filesystem = await heldBy({ process: elsewhere, ttlMs: 800 });
  const startedAt = performance.now();

  const lock = await new GenerationLock(filesystem, { ttlMs: 100 }).acquire("create", "a.zip", signal);

  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
  await lock.release();
});

/** A storage whose lock somebody holds. */
async function heldBy(holder: Pick<LockRecord, "process" | "ttlMs" | "renewedAt">): Promise<Filesystem> {
  const filesystem = new Filesystem(new MemoryDriver());
  const what = { holder: "somebody", operation: "create", key: "x.zip", renewals: 0, isReleased: false };
  await new Generations(filesystem).create(1, { ...what, ...holder }, signal);
  return filesystem;
}

/** The process that started this one: it lives. */
async function parent() {
  const line = await readFile(`/proc/${process.ppid}/stat`, "latin1");
  const startedAt = line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return { ...(await currentProcess()), pid: process.ppid, startedAt };
}
