import { readFile } from "node:fs/promises";
import { wrapDriver } from "@stowage/contract-tests";
import { expect, it } from "vitest";
import { Filesystem, type FilesystemDriver, StowageError } from "../../src/index.ts";
import { Generations } from "../../src/lock/generations.ts";
import { currentProcess, hostClock } from "../../src/lock/process-identity.ts";
import { keysOf, makeManager } from "../manager/manager-fixture.ts";

const { signal } = new AbortController();

it("a creation without an answer that another process won is BUSY, and no reason to go on without the lock", async () => {
  const { manager, filesystem } = await makeManager({
    wrap: (driver) =>
      onFirstCreation(driver, async () => {
        await new Generations(new Filesystem(driver)).create(1, await recordOfParent(), signal);
        throw new StowageError("UNAVAILABLE", "the connection broke", { retryable: true });
      }),
  });

  await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject({ code: "BUSY" });
  expect(await keysOf(filesystem)).toEqual([]);
});

it("a creation without an answer that nobody won surfaces", async () => {
  const { manager } = await makeManager({
    lock: "required",
    wrap: (driver) =>
      onFirstCreation(driver, async () => {
        throw new StowageError("UNAVAILABLE", "the connection broke", { retryable: true });
      }),
  });

  await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

it("a creation that took effect although it was aborted is released, so that nobody waits for it", async () => {
  const abort = new AbortController();
  const { manager, filesystem } = await makeManager({
    wrap: (driver) =>
      onFirstCreation(driver, async (create) => {
        await create();
        abort.abort();
        throw abort.signal.reason;
      }),
  });

  await expect(manager.create({ name: "a.zip", signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });

  expect((await new Generations(filesystem).read(1, signal))?.record).toMatchObject({ key: "a.zip", isReleased: true });
  expect(await keysOf(filesystem)).toEqual([]);
});

/** Does something else for the first write of all, which is that of a generation. */
function onFirstCreation(
  driver: FilesystemDriver,
  instead: (create: () => ReturnType<FilesystemDriver["write"]>) => Promise<never>,
): FilesystemDriver {
  let count = 0;
  return wrapDriver(driver, {
    write: (key, content, options) => {
      const create = () => driver.write(key, content, options);
      return count++ === 0 ? instead(create) : create();
    },
  });
}

/** The record of a process of this host that lives. */
async function recordOfParent() {
  const line = await readFile(`/proc/${process.ppid}/stat`, "latin1");
  const startedAt = line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  const parent = { ...(await currentProcess()), pid: process.ppid, startedAt };
  const sign = { renewals: 0, ttlMs: 3_600_000, renewedAt: hostClock() };
  return { ...sign, holder: "parent", process: parent, operation: "create", key: "b.zip", isReleased: false };
}
