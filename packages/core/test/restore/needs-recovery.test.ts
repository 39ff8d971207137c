import { readTree, type Tree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BackupManager, needsRecovery, recover } from "../../src/index.ts";
import { encodeJournal, type Journal } from "../../src/restore/folder/journal.ts";
import { makeManager } from "../manager/manager-fixture.ts";

const JOURNAL: Journal = {
  version: 1,
  id: "00000000-0000-4000-8000-00000000000a",
  createdAt: "2026-01-02T03:04:05.000Z",
  key: "a.zip",
  roots: [{ dir: "", out: ["data.db"], in: ["data.db"], keep: [".stowage"] }],
};
const BYTES = encodeJournal(JOURNAL).toString("utf8");
const WORK: Tree = {
  ".stowage/00000000-0000-4000-8000-00000000000a/new/": "",
  ".stowage/00000000-0000-4000-8000-00000000000a/old/data.db": "old",
  ".stowage/00000000-0000-4000-8000-00000000000a/conflict/": "",
};

afterEach(() => void vi.restoreAllMocks());

describe.each<[string, Tree, { needs: boolean; found: string; rest: Tree; data?: string }]>([
  ["nothing of a restore", {}, { needs: false, found: "none", rest: {} }],
  ["an empty folder", { ".stowage/": "" }, { needs: false, found: "none", rest: {} }],
  [
    "what appeared during an earlier restore",
    { ".stowage/lost/id/x": "kept" },
    { needs: false, found: "none", rest: { ".stowage/lost/id/x": "kept" } },
  ],
  [
    "staged content",
    { ".stowage/00000000-0000-4000-8000-00000000000a/new/x": "staged" },
    { needs: true, found: "cleaned", rest: {} },
  ],
  ["a journal that was not published", { ".stowage/swap.json.tmp": "{" }, { needs: true, found: "cleaned", rest: {} }],
  ["a swap", { ...WORK, ".stowage/swap.json": BYTES }, { needs: true, found: "completed", rest: {} }],
  ["an undo", { ...WORK, ".stowage/undo.json": BYTES }, { needs: true, found: "undone", rest: {}, data: "old" }],
  ["a clean-up", { ...WORK, ".stowage/done.json": BYTES }, { needs: true, found: "completed", rest: {} }],
  [
    "previous data that is kept",
    { ...WORK, ".stowage/kept.json": BYTES },
    { needs: false, found: "none", rest: { ...WORK, ".stowage/kept.json": BYTES } },
  ],
  [
    "previous data that is kept, and leftovers",
    {
      ...WORK,
      ".stowage/kept.json": BYTES,
      ".stowage/swap.json.tmp": "{",
      ".stowage/00000000-0000-4000-8000-00000000dead/new/x": "x",
    },
    { needs: true, found: "cleaned", rest: { ...WORK, ".stowage/kept.json": BYTES } },
  ],
])("a data directory with %s", (_state, tree, { needs, found, rest, data = "new" }) => {
  it(`${needs ? "needs" : "does not need"} recovery, and recover says so`, async () => {
    const dataDir = await temporaryDirectory();
    await writeTree(dataDir, { ...tree, "data.db": "new" });

    expect(await needsRecovery(dataDir)).toBe(needs);
    expect(await recover(dataDir)).toBe(found);

    expect(await needsRecovery(dataDir)).toBe(false);
    expect(await readTree(dataDir)).toEqual({ ...rest, "data.db": data });
  });
});

describe("a data directory that is half swapped", () => {
  it.each(["swap", "undo"])("is not backed up (%s)", async (state) => {
    const { manager, dataDir, filesystem } = await makeManager();
    await writeTree(dataDir, { ...WORK, [`.stowage/${state}.json`]: BYTES });

    await expect(manager.create()).rejects.toMatchObject({ code: "RECOVERY_REQUIRED", operation: "create" });
    expect((await filesystem.list().next()).done).toBe(true);
  });

  it("is not touched while two journals lie there", async () => {
    const dataDir = await temporaryDirectory();
    await writeTree(dataDir, { ...WORK, "data.db": "new", ".stowage/swap.json": BYTES, ".stowage/undo.json": BYTES });
    const before = await readTree(dataDir);

    await expect(recover(dataDir)).rejects.toMatchObject({ code: "JOURNAL_CORRUPT" });
    expect(await readTree(dataDir)).toEqual(before);
  });

  it("is brought back with a warning that says why, if it cannot be completed", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const dataDir = await temporaryDirectory();
    const roots = [{ dir: "", out: ["data.db"], in: ["data.db", "gone"], keep: [".stowage"] }];
    const journal = encodeJournal({ ...JOURNAL, roots }).toString("utf8");
    await writeTree(dataDir, { ...WORK, "data.db": "new", ".stowage/swap.json": journal });

    expect(await recover(dataDir)).toBe("undone");

    expect(await readTree(dataDir)).toEqual({ "data.db": "old" });
    expect(warn.mock.calls.map(String).join()).toContain("gone is neither staged nor in place");
  });
});

describe("recover of a manager", () => {
  it("is refused while a restore of it runs, as is confirm", async () => {
    const refused: unknown[] = [];
    const fixture = await makeManager();
    await fixture.manager.create({ name: "a.zip" });
    const manager: BackupManager = new BackupManager({
      dataDir: fixture.dataDir,
      filesystem: fixture.filesystem,
      hooks: { beforeSwap: async () => void refused.push(await manager.recover().catch((error: unknown) => error)) },
    });

    await manager.restore("a.zip");

    expect(refused).toMatchObject([{ code: "BUSY" }]);
  });
});
