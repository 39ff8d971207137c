import { memoryFilesystem } from "@stowage/memory";
import { readTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { type BackupHooks, BackupManager, Filesystem } from "../../src/index.ts";
import { DATA, keysOf, makeManager } from "./manager-fixture.ts";

type Hook = keyof BackupHooks;

/** What an operation does when each of its hooks closes the manager, and whether its work was done by then. */
const CLOSES: [operation: "create" | "restore" | "rollback", hook: Hook, isDone: boolean][] = [
  ["create", "beforeSnapshot", false],
  ["create", "afterSnapshot", true],
  ["restore", "beforeSwap", false],
  ["restore", "afterSwap", true],
  ["restore", "onRestored", true],
  ["rollback", "beforeSwap", false],
  ["rollback", "afterSwap", true],
  ["rollback", "onRestored", true],
];

const OLD = { "data.db": "older than the backup" };

describe.each(["the manager's own filesystem", "a filesystem of the caller"])("with %s", (owner) => {
  const isOwn = owner.includes("own");

  it.each(CLOSES)(
    "a %s whose hook %s awaits close comes to its end (work done: %s)",
    async (operation, hook, isDone) => {
      const filesystem = memoryFilesystem();
      const dataDir = await dataWithBackup(filesystem, operation);
      const close = () => manager.close();
      const source = isOwn ? () => new Filesystem(filesystem.driver) : filesystem;
      const manager = new BackupManager({ dataDir, filesystem: source, hooks: { [hook]: close } });

      const outcome = await run(manager, operation).catch((error: unknown) => error);

      if (!isDone) expect(outcome).toMatchObject({ code: "CLOSED", operation });
      else expect(outcome).not.toBeInstanceOf(Error);
      await manager.close();
      await expect(manager.list()).rejects.toMatchObject({ code: "CLOSED" });
      expect(await resultOf(operation, { dataDir, filesystem })).toEqual(expected(operation, isDone));
    },
  );
});

it("a create whose afterSnapshot fails rejects, and the archive is stored", async () => {
  const afterSnapshot = () => Promise.reject(new Error("the application does not go on"));
  const { manager, filesystem } = await makeManager({ hooks: { afterSnapshot } });

  await expect(manager.create({ name: "a.zip" })).rejects.toThrow("the application does not go on");

  expect(await keysOf(filesystem)).toEqual(["a.zip"]);
});

/** A data directory; for a restore its backup is of other content, and for a rollback it was restored already. */
async function dataWithBackup(filesystem: Filesystem, operation: string): Promise<string> {
  const { dataDir } = await makeManager();
  const before = new BackupManager({ dataDir, filesystem });
  if (operation === "create") return dataDir;
  await before.create({ name: "a.zip" });
  const { dataDir: other } = await makeManager({ data: OLD });
  if (operation === "rollback") {
    await new BackupManager({ dataDir: other, filesystem }).restore("a.zip", { keepPrevious: true });
  }
  return other;
}

function run(manager: BackupManager, operation: "create" | "restore" | "rollback"): Promise<unknown> {
  if (operation === "create") return manager.create({ name: "b.zip" });
  return operation === "restore" ? manager.restore("a.zip") : manager.rollback();
}

async function resultOf(operation: string, { dataDir, filesystem }: { dataDir: string; filesystem: Filesystem }) {
  if (operation === "create") return keysOf(filesystem);
  const tree = Object.entries(await readTree(dataDir));
  return Object.fromEntries(tree.filter(([name]) => !name.startsWith(".stowage")));
}

function expected(operation: string, isDone: boolean): object {
  if (operation === "create") return isDone ? ["b.zip"] : [];
  return isDone === (operation === "restore") ? DATA : OLD;
}
