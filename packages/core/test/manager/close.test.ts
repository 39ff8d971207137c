import { MemoryDriver } from "@stowage/memory";
import { readTree } from "@stowage/test-kit/tree";
import { afterEach, expect, it, vi } from "vitest";
import { BackupManager, Filesystem } from "../../src/index.ts";
import { DATA, keysOf, makeManager } from "./manager-fixture.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it("onRestored may close the manager: the restore has succeeded, and the filesystem is closed after it", async () => {
  const { dataDir, filesystem } = await makeManager();
  const onRestored = () => manager.close();
  const manager = new BackupManager({ dataDir, filesystem: () => filesystem, hooks: { onRestored } });
  await manager.create({ name: "a.zip" });

  await expect(manager.restore("a.zip")).resolves.toMatchObject({ skipped: [] });

  await manager.close();
  await expect(filesystem.exists("a.zip")).rejects.toMatchObject({ code: "CLOSED" });
});

it("beforeSwap may close the manager: the restore ends with CLOSED, and nothing was touched", async () => {
  const { manager, dataDir } = await makeManager({ hooks: { beforeSwap: () => manager.close() } });
  await manager.create({ name: "a.zip" });

  await expect(manager.restore("a.zip")).rejects.toMatchObject({ code: "CLOSED", operation: "restore" });

  expect(await readTree(dataDir)).toEqual(DATA);
});

it("beforeSnapshot may close the manager: nothing is stored", async () => {
  const { manager, filesystem } = await makeManager({ hooks: { beforeSnapshot: () => manager.close() } });

  await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject({ code: "CLOSED" });

  expect(await keysOf(filesystem)).toEqual([]);
});

it("listeners that close the manager hold nothing up", async () => {
  const { manager } = await makeManager();
  let closed: Promise<void> | undefined;
  manager.on("start", () => {
    closed = manager.close();
  });

  const message = expect.stringMatching(/the manager is closed$/);
  await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject({ code: "CLOSED", message });

  await closed;
});

it("close of a manager and of a filesystem ends although a call ignores its signal, and names the call, which rejects", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const driver = new MemoryDriver();
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  driver.stat = () => {
    reach();
    return new Promise(() => {});
  };
  const { dataDir } = await makeManager();
  const filesystem = new Filesystem(driver);
  const manager = new BackupManager({ dataDir, filesystem });
  const verified = manager.verify("a.zip").catch((error: unknown) => error);
  await reached;

  const closed = Promise.all([manager.close(), filesystem.close()]);
  await vi.advanceTimersByTimeAsync(10_000);
  await closed;

  expect(await verified).toMatchObject({ code: "CLOSED", operation: "verify", key: "a.zip" });
  const warnings = warn.mock.calls.map(([message]) => String(message));
  expect(warnings).toContainEqual(expect.stringContaining('verify "a.zip"'));
  expect(warnings).toContainEqual(expect.stringContaining('stat "a.zip"'));
  expect(vi.getTimerCount()).toBe(0);
});

it("a create whose hook never ends rejects with CLOSED when the manager was closed and has waited", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const beforeSnapshot = () => {
    reach();
    return new Promise<void>(() => {});
  };
  const { manager } = await makeManager({ hooks: { beforeSnapshot } });
  const created = manager.create({ name: "a.zip" }).catch((error: unknown) => error);
  await reached;

  const closed = manager.close();
  await vi.advanceTimersByTimeAsync(10_000);
  await closed;

  expect(await created).toMatchObject({ code: "CLOSED", message: expect.stringContaining("may still take effect") });
  expect(manager.status().active).toBeUndefined();
});
