import { readTree } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { DATA, keysOf, makeManager } from "../manager/manager-fixture.ts";

it("cancel ends a create, of which nothing is stored, and says what it was", async () => {
  const { manager, filesystem } = await makeManager({
    hooks: { beforeSnapshot: () => void cancelled.push(manager.cancel()) },
  });
  const cancelled: unknown[] = [];

  const failure = { code: "ABORTED", name: "AbortError", operation: "create", cause: { message: "it was cancelled" } };
  await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject(failure);

  expect(cancelled).toMatchObject([{ operation: "create", key: "a.zip" }]);
  expect(await keysOf(filesystem)).toEqual([]);
  await manager.list();
});

it("cancel ends a restore before it replaces anything, and the signal of its caller stays as it was", async () => {
  const { signal } = new AbortController();
  const { manager, dataDir } = await makeManager({ hooks: { beforeSwap: () => void manager.cancel() } });
  await manager.create({ name: "a.zip" });

  await expect(manager.restore("a.zip", { signal })).rejects.toMatchObject({ code: "ABORTED", operation: "restore" });

  expect(signal.aborted).toBe(false);
  expect(await readTree(dataDir)).toEqual(DATA);
});

it("cancel comes too late once the data is replaced", async () => {
  const { manager } = await makeManager({ hooks: { afterSwap: () => void manager.cancel() } });
  await manager.create({ name: "a.zip" });

  await manager.restore("a.zip");
});

it("cancel is NOT_FOUND where nothing runs that works on the data", async () => {
  const { manager } = await makeManager();
  await manager.create({ name: "a.zip" });

  expect(() => manager.cancel()).toThrow(expect.objectContaining({ code: "NOT_FOUND", operation: "cancel" }));
});
