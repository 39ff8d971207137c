import { setTimeout as delay } from "node:timers/promises";
import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ErrorCode, Filesystem, type FilesystemDriver, StowageError } from "../../src/index.ts";
import { GenerationLock } from "../../src/lock/generation-lock.ts";
import { Generations } from "../../src/lock/generations.ts";
import { makeManager } from "../manager/manager-fixture.ts";

const { signal } = new AbortController();
const LOCK = ".stowage-lock.";
const TTL_MS = 300;

describe("a restore under lock: auto", () => {
  const refusals: ErrorCode[] = [
    "NO_SPACE",
    "PERMISSION_DENIED",
    "CONFIG_INVALID",
    "UNSUPPORTED",
    "INVALID_KEY",
    "INTERNAL",
  ];
  it.each(refusals)(
    "goes on with the lock of the process when the storage answers %s, and warns once",
    async (code) => {
      const warnings = collectWarnings();
      let isRefusing = false;
      const { manager, dataDir } = await makeManager({ wrap: (driver) => refusing(driver, () => isRefusing && code) });
      await manager.create({ name: "a.zip" });
      isRefusing = true;

      await manager.restore("a.zip");
      await manager.restore("a.zip");
      await new Promise(setImmediate);

      expect(dataDir).toBeTruthy();
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toContain('lock: "process"');
    },
  );

  it("still stops for another holder, and names the option when the lock is required", async () => {
    let code: ErrorCode | false = false;
    const wrap = (driver: FilesystemDriver) => refusing(driver, () => code);
    const { manager } = await makeManager({ wrap, lock: "required" });
    await manager.create({ name: "a.zip" });
    code = "NO_SPACE";

    const restore = manager.restore("a.zip");

    await expect(restore).rejects.toMatchObject({ code: "NO_SPACE" });
    await expect(restore).rejects.toThrow('lock: "process"');
    code = "BUSY";
    await expect(manager.restore("a.zip")).rejects.toMatchObject({ code: "BUSY" });
  });
});

describe("a create under lock: auto", () => {
  it("goes on where the storage knows no create-only writes, which an archive then does without", async () => {
    const warnings = collectWarnings();
    const { manager } = await makeManager({ wrap: withoutConditions });

    await manager.create({ name: "a.zip" });
    await new Promise(setImmediate);

    expect(warnings).toHaveLength(1);
    await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    expect((await manager.list()).map(({ key }) => key)).toEqual(["a.zip"]);
  });

  it("fails before any work where the storage has no room or no rights, and names the option", async () => {
    for (const code of ["NO_SPACE", "PERMISSION_DENIED"] as const) {
      const { manager } = await makeManager({ wrap: (driver) => refusing(driver, () => code) });

      const create = manager.create({ name: "a.zip" });

      await expect(create).rejects.toMatchObject({ code });
      await expect(create).rejects.toThrow('lock: "process"');
    }
  });
});

describe("a storage that lets nobody replace or remove an object", () => {
  it("keeps a holder that outlives its ttl, and lets the next one in as soon as it has ended", async () => {
    const filesystem = new Filesystem(writeOnce(new MemoryDriver()));
    const lock = await lockOn(filesystem).acquire("create", "a.zip", signal);

    await delay(3 * TTL_MS);
    expect(() => lock.assertFresh()).not.toThrow();
    await lock.confirm(signal);
    await lock.release();

    const next = await new GenerationLock(filesystem, { ttlMs: 3_600_000 }).acquire("create", "b.zip", signal);
    expect(next.token).toBe(3); // the second one says that the first was released
    await next.release();
  });

  it("tells a holder of a higher generation, with what the storage had refused", async () => {
    const filesystem = new Filesystem(writeOnce(new MemoryDriver()));
    const lock = await lockOn(filesystem).acquire("create", "a.zip", signal);
    const generations = new Generations(filesystem);
    const record = (await generations.read(1, signal))?.record;
    if (!record) throw new Error("no record");
    await generations.create(2, { ...record, holder: "another" }, signal);

    await new Promise((resolve) => lock.signal.addEventListener("abort", resolve));

    expect(lock.signal.reason).toMatchObject({ code: "LOCK_LOST", cause: { code: "PERMISSION_DENIED" } });
    expect(lock.signal.reason.message).toContain("generation 2 took over from 1");
    await lock.release();
  });
});

function lockOn(filesystem: Filesystem): GenerationLock {
  return new GenerationLock(filesystem, { ttlMs: TTL_MS });
}

function collectWarnings(): string[] {
  const warnings: string[] = [];
  const listen = (warning: Error & { code?: string }) => {
    if (warning.code === "STOWAGE_LOCK_OF_PROCESS_ONLY") warnings.push(warning.message);
  };
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  return warnings;
}

/** Refuses each write of the lock with a code, while there is one. */
function refusing(driver: FilesystemDriver, code: () => ErrorCode | false): FilesystemDriver {
  return wrapDriver(driver, {
    write: async (key, content, options) => {
      const now = code();
      if (now && key.startsWith(LOCK)) throw new StowageError(now, "so it is");
      return driver.write(key, content, options);
    },
  });
}

function withoutConditions(driver: FilesystemDriver): FilesystemDriver {
  return wrapDriver(driver, {
    write: async (key, content, options) => {
      if (options.ifNotExists) throw new StowageError("UNSUPPORTED", "If-None-Match is not implemented");
      return driver.write(key, content, options);
    },
  });
}

/** As under a retention policy of GCS: whatever lies there stays as it is. */
function writeOnce(driver: FilesystemDriver): FilesystemDriver {
  const refuse = () => new StowageError("PERMISSION_DENIED", "the object is under a retention policy");
  return wrapDriver(driver, {
    write: async (key, content, options) => {
      const isThere = await driver.stat(key, options).then(
        () => true,
        () => false,
      );
      if (isThere && !options.ifNotExists) throw refuse();
      return driver.write(key, content, options);
    },
    delete: async () => {
      throw refuse();
    },
  });
}
