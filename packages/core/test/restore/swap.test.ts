import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTree, type Tree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { encodeJournal, type Journal } from "../../src/restore/folder/journal.ts";
import { journalPath, restoreLayout } from "../../src/restore/folder/layout.ts";
import { needsRecovery, recover } from "../../src/restore/recover.ts";
import { planSwap } from "../../src/restore/swap/plan-swap.ts";
import { prepareSwap, redoSwap, undoSwap } from "../../src/restore/swap/swap.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";

interface Shape {
  readonly old: Tree;
  readonly staged: Tree;
  /** What must lie there after the swap. */
  readonly after: Tree;
  readonly kept?: readonly string[];
}

const SHAPES: Readonly<Record<string, Shape>> = {
  "files over files": {
    old: { "data.db": "old", "a.txt": "old a", "only-old.txt": "x" },
    staged: { "data.db": "new", "a.txt": "new a", "only-new.txt": "y" },
    after: { "data.db": "new", "a.txt": "new a", "only-new.txt": "y" },
  },
  "a directory over a file, a file over a directory": {
    old: { a: "file", "b/c": "below", "b/d/e": "deeper" },
    staged: { "a/x": "now a directory", b: "now a file" },
    after: { "a/x": "now a directory", b: "now a file" },
  },
  "an empty data directory": { old: {}, staged: { "data.db": "new" }, after: { "data.db": "new" } },
  "entries that are kept at every depth": {
    old: {
      "data.db": "old",
      "backups/x.zip": "kept",
      "a/b/cache/k": "kept too",
      "a/b/gone": "old",
      "a/gone": "old",
      "q/r": "old",
    },
    staged: { "data.db": "new", "a/b/came": "new", "a/came": "new" },
    after: { "data.db": "new", "backups/x.zip": "kept", "a/b/cache/k": "kept too", "a/b/came": "new", "a/came": "new" },
    kept: ["backups", ".stowage", "a/b/cache"],
  },
};

describe.each(Object.entries(SHAPES))("a swap of %s", (_name, shape) => {
  it("brings the staged content in and keeps what is excluded", async () => {
    const { dataDir, journal } = await committed(shape);

    await redoSwap(nodeDisk, dataDir, journal);

    expect(await dataOf(dataDir)).toEqual(shape.after);
  });

  it("changes nothing when it is done again", async () => {
    const { dataDir, journal } = await committed(shape);

    await redoSwap(nodeDisk, dataDir, journal);
    await redoSwap(nodeDisk, dataDir, journal);

    expect(await dataOf(dataDir)).toEqual(shape.after);
  });

  it("is finished by recover, wherever a disk call fails", async () => {
    for (let failAt = 1; ; failAt++) {
      const { dataDir, journal } = await committed(shape);
      const faulty = faultyDisk(nodeDisk, { failAt });
      const failed = await redoSwap(faulty.disk, dataDir, journal).then(
        () => false,
        () => true,
      );

      expect(await recover(dataDir)).toBe("completed");
      expect(await readTree(dataDir), `after call ${failAt}: ${faulty.calls.at(-1)}`).toEqual(shape.after);
      if (!failed) return expect(failAt).toBeGreaterThan(faulty.calls.length);
    }
  });

  it("is undone to the old content, wherever a disk call fails", async () => {
    for (let failAt = 1; ; failAt++) {
      const { dataDir, journal } = await committed(shape);
      const faulty = faultyDisk(nodeDisk, { failAt });
      const failed = await redoSwap(faulty.disk, dataDir, journal).then(
        () => false,
        () => true,
      );

      await undoSwap(nodeDisk, dataDir, journal);
      expect(await dataOf(dataDir), `after call ${failAt}: ${faulty.calls.at(-1)}`).toEqual(shape.old);
      if (!failed) return;
    }
  });

  it("is undone by recover, wherever a disk call of the undo fails", async () => {
    for (let failAt = 1; ; failAt++) {
      const { dataDir, journal } = await committed(shape);
      await redoSwap(nodeDisk, dataDir, journal);
      await rename(journalPath(dataDir, "swap"), journalPath(dataDir, "undo"));
      const faulty = faultyDisk(nodeDisk, { failAt });
      const failed = await undoSwap(faulty.disk, dataDir, journal).then(
        () => false,
        () => true,
      );

      expect(await recover(dataDir)).toBe("undone");
      expect(await readTree(dataDir), `after call ${failAt}: ${faulty.calls.at(-1)}`).toEqual(shape.old);
      if (!failed) return;
    }
  });
});

describe("a swap that the application disturbs", () => {
  const shape: Shape = { old: { "data.db": "old" }, staged: { "data.db": "new" }, after: { "data.db": "new" } };

  it("sets entries that appeared aside, and recover keeps them", async () => {
    const { dataDir, journal } = await committed(shape);
    await writeTree(dataDir, { "data.db-wal": "written by the app" });

    await recover(dataDir);

    const lost = { [`.stowage/lost/${journal.id}/data.db-wal`]: "written by the app" };
    expect(await readTree(dataDir)).toEqual({ "data.db": "new", ...lost });
  });

  it("does not take new content for old when an old entry was deleted meanwhile", async () => {
    const { dataDir, journal } = await committed(shape);
    const { staged } = restoreLayout(dataDir, journal.id);
    await nodeDisk.removeFile(join(dataDir, "data.db"));
    await rename(join(staged, "data.db"), join(dataDir, "data.db")); // the move in of a swap that was killed then

    await recover(dataDir);

    expect(await readTree(dataDir)).toEqual({ "data.db": "new" });
  });
});

describe("recover", () => {
  it("does nothing in a directory without an interrupted restore", async () => {
    const dataDir = await temporaryDirectory();
    await writeTree(dataDir, { "data.db": "x" });

    expect(await needsRecovery(dataDir)).toBe(false);
    expect(await recover(dataDir)).toBe("none");
    expect(await readTree(dataDir)).toEqual({ "data.db": "x" });
  });

  it("removes what was staged and never committed", async () => {
    const dataDir = await temporaryDirectory();
    await writeTree(dataDir, {
      "data.db": "x",
      ".stowage/00000000-0000-4000-8000-00000000000a/new/data.db": "y",
      ".stowage/00000000-0000-4000-8000-00000000000a/old/": "",
    });

    expect(await needsRecovery(dataDir)).toBe(true);
    expect(await recover(dataDir)).toBe("cleaned");
    expect(await readTree(dataDir)).toEqual({ "data.db": "x" });
  });

  it("refuses to remove previous data that no journal explains", async () => {
    const dataDir = await temporaryDirectory();
    const tree = { "data.db": "x", ".stowage/00000000-0000-4000-8000-00000000000a/old/data.db": "the only copy?" };
    await writeTree(dataDir, tree);

    await expect(recover(dataDir)).rejects.toMatchObject({ code: "RECOVERY_REQUIRED" });
    expect(await readTree(dataDir)).toEqual(tree);
  });

  it.each([
    ["is cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 7)],
    ["is empty", () => Buffer.alloc(0)],
    ["has a flipped bit", (bytes: Buffer) => Buffer.from(bytes.toString().replace("old-root", "old-rooT"))],
  ])("touches nothing when the journal %s", async (_flaw, damage) => {
    const dataDir = await temporaryDirectory();
    const journal: Journal = {
      version: 1,
      id: "00000000-0000-4000-8000-00000000000a",
      createdAt: "",
      key: "old-root",
      roots: [],
    };
    await writeTree(dataDir, { "data.db": "x", ".stowage/00000000-0000-4000-8000-00000000000a/old/data.db": "y" });
    await writeFile(journalPath(dataDir, "swap"), damage(encodeJournal(journal)));
    const before = await readTree(dataDir);

    await expect(recover(dataDir)).rejects.toMatchObject({ code: "JOURNAL_CORRUPT" });
    expect(await readTree(dataDir)).toEqual(before);
  });
});

/** A data directory at the moment of the commit: staged, planned, journal visible. */
async function committed({ old, staged, kept = [".stowage"] }: Shape): Promise<{ dataDir: string; journal: Journal }> {
  const dataDir = await temporaryDirectory();
  const id = "00000000-0000-4000-8000-00000000000a";
  const layout = restoreLayout(dataDir, id);
  await writeTree(dataDir, old);
  await mkdir(layout.staged, { recursive: true });
  await writeTree(layout.staged, staged);
  const isKept = (name: string) => kept.some((root) => name === root || name.startsWith(`${root}/`));
  const options = { disk: nodeDisk, dataDir, id, isKept, sentinel: "data.db", mounts: [] };
  const journal: Journal = { version: 1, id, createdAt: "", key: "k.zip", roots: (await planSwap(options)).roots };
  await prepareSwap(nodeDisk, dataDir, journal);
  await writeFile(journalPath(dataDir, "swap"), encodeJournal(journal));
  return { dataDir, journal };
}

async function dataOf(dataDir: string): Promise<Tree> {
  const entries = Object.entries(await readTree(dataDir));
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith(".stowage/")));
}
