import { buffer } from "node:stream/consumers";
import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it, vi } from "vitest";
import { generateName, scheduledName } from "../../src/backup-name.ts";
import { BackupManager, type BackupManagerOptions, Filesystem, mirrored, StowageError } from "../../src/index.ts";
import { keysOf } from "../manager/keys-of.ts";

const DAYS = [1, 2, 3, 4, 5].map((day) => new Date(Date.UTC(2026, 0, day, 3)));
const NAMES = DAYS.map((day) => generateName("pb_backup_", day));
const FOREIGN = ["before-upgrade.zip", "notes.txt", "@auto_pb_backup_acme_20260101030000.zip"];

async function filled(
  driver = new MemoryDriver(),
  names: readonly string[] = [...NAMES, ...FOREIGN],
): Promise<Filesystem> {
  const filesystem = new Filesystem(driver);
  for (const name of names) await filesystem.write(name, Buffer.from(name));
  return filesystem;
}

async function managerOf(filesystem: Filesystem, options: Partial<BackupManagerOptions> = {}): Promise<BackupManager> {
  const dataDir = await temporaryDirectory();
  await writeTree(dataDir, { "data.db": "x" });
  return new BackupManager({ dataDir, filesystem, workers: 0, ...options });
}

const outcomes = (report: { decisions: readonly { key: string; keep: boolean }[] }) =>
  report.decisions.flatMap(({ key, keep }) => (keep ? [] : [key]));

describe("prune", () => {
  it("removes what no rule keeps, says what and why, and does nothing the second time", async () => {
    const filesystem = await filled();
    const manager = await managerOf(filesystem);

    const report = await manager.prune({ keepLast: 2 });

    expect(report).toMatchObject({ removed: 3, removedSize: NAMES.slice(0, 3).join("").length });
    expect(outcomes(report)).toEqual(NAMES.slice(0, 3).reverse());
    expect(report.decisions.find(({ key }) => key === "notes.txt")?.reasons).toEqual(["not named by this manager"]);
    expect(await keysOf(filesystem)).toEqual([...NAMES.slice(3), ...FOREIGN].sort());
    expect(await manager.prune({ keepLast: 2 })).toMatchObject({ removed: 0 });
  });

  it("leaves keys alone that it is told to keep", async () => {
    const filesystem = await filled();

    await (await managerOf(filesystem)).prune({ keepLast: 1 }, { keep: [NAMES[0] ?? ""] });

    expect(await keysOf(filesystem)).toEqual([NAMES[0], NAMES[4], ...FOREIGN].sort());
  });

  it("only says so with dryRun, and leaves no record", async () => {
    const filesystem = await filled();
    const manager = await managerOf(filesystem);

    expect(outcomes(await manager.prune({ keepLast: 2 }, { dryRun: true }))).toHaveLength(3);

    expect(await keysOf(filesystem)).toHaveLength(NAMES.length + FOREIGN.length);
    expect(manager.status().results).toEqual([]);
  });

  it("goes by PocketBase's maxKeep for scheduled names alone", async () => {
    const scheduled = DAYS.map((day) => scheduledName("pb_backup_", day));
    const filesystem = await filled(new MemoryDriver(), [...NAMES, ...scheduled]);

    await (await managerOf(filesystem)).prune({ maxKeep: 3 });

    expect(await keysOf(filesystem)).toEqual([...NAMES, ...scheduled.slice(2)].sort());
  });

  it("judges uploads by the time of their storage if it is told to", async () => {
    const filesystem = await filled();

    await (await managerOf(filesystem)).prune({ keepLast: 1, others: true });

    const left = await keysOf(filesystem);
    expect(left).toHaveLength(2);
    expect(left).toContain("notes.txt");
  });

  it("does not let a backup that a check found damaged take the place of a good one", async () => {
    const filesystem = await filled(new MemoryDriver(), NAMES.slice(0, 4)); // none of them is a zip
    const manager = await managerOf(filesystem);
    const newest = await manager.create();
    await manager.verify(newest.key);
    await expect(manager.verify(NAMES[3] ?? "")).rejects.toMatchObject({ code: "INVALID_ARCHIVE" });

    const { decisions } = await manager.prune({ keepLast: 2 }, { dryRun: true });

    expect(decisions.map(({ keep, reasons }) => [keep, ...reasons])).toEqual([
      [true, "last 2", "newest good", "newest checked"],
      [true, "last 2"],
      [true, "last 2"],
      [false, "no rule keeps it"],
      [false, "no rule keeps it"],
    ]);
  });

  it.each([
    ["an empty policy", {}],
    ["one that keeps nothing", { keepLast: 0, keepDaily: 0 }],
    ["a negative number", { keepLast: -1 }],
    ["a time that is none", { keepWithin: "a week" }],
    ["a time zone that there is not", { keepLast: 1, timezone: "Europe/Atlantis" }],
    ["an unknown name", { keepLats: 1 }],
    ["a number", 7],
    ["nothing", undefined],
  ])("refuses %s, and touches nothing", async (_what, policy) => {
    const open = vi.fn();
    const manager = new BackupManager({ dataDir: await temporaryDirectory(), filesystem: open });

    await expect(manager.prune(policy as never)).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      operation: "prune",
    });
    expect(open).not.toHaveBeenCalled();
  });
});

describe("what cannot be removed", () => {
  it("stays with the reason if the storage forbids it, as one with a retention does, and the others go", async () => {
    const driver = new MemoryDriver();
    const filesystem = await filled(driver);
    const locked = wrapDriver(driver, {
      delete: async (key) => {
        if (key === NAMES[1]) throw new StowageError("PERMISSION_DENIED", "locked until 2027-01-01");
        return driver.delete(key);
      },
    });

    const report = await (await managerOf(new Filesystem(locked))).prune({ keepLast: 2 });

    expect(report).toMatchObject({ removed: 2 });
    const [reason] = report.decisions.find(({ key }) => key === NAMES[1])?.reasons ?? [];
    expect(reason).toContain("locked until 2027-01-01");
    expect(await keysOf(filesystem)).toContain(NAMES[1]);
  });

  it("stays while a restore works on it", async () => {
    const filesystem = await filled(new MemoryDriver(), NAMES.slice(1));
    const manager = await managerOf(filesystem, { hooks: { beforeSwap: () => pruned() } });
    const { key } = await manager.create({ name: "a.zip" });
    const { content } = await filesystem.read(key);
    await filesystem.write(NAMES[0] ?? "", await buffer(content));
    let removed: readonly string[] = [];
    const pruned = async () => {
      removed = outcomes(await manager.prune({ keepLast: 1 }));
    };

    await manager.restore(NAMES[0] ?? "");

    expect(removed).toEqual(NAMES.slice(1, 4).reverse());
    expect(await keysOf(filesystem)).toEqual(["a.zip", NAMES[0], NAMES[4]].sort());
  });

  it("is thrown in the end if the storage failed, and the next prune goes on", async () => {
    const driver = new MemoryDriver();
    const filesystem = await filled(driver);
    let failing = true;
    const flaky = wrapDriver(driver, {
      delete: async (key) => {
        if (failing && key !== NAMES[2]) throw new StowageError("UNAVAILABLE", "the storage is down");
        return driver.delete(key);
      },
    });
    const manager = await managerOf(new Filesystem(flaky));

    const failure = { code: "UNAVAILABLE", operation: "prune", message: expect.stringContaining("1 more") };
    await expect(manager.prune({ keepLast: 2 })).rejects.toMatchObject(failure);
    expect(await keysOf(filesystem)).toEqual([NAMES[0], NAMES[1], ...NAMES.slice(3), ...FOREIGN].sort());
    failing = false;

    expect(await manager.prune({ keepLast: 2 })).toMatchObject({ removed: 2 });
  });
});

it("two hosts prune at the same time: each backup goes once, and neither fails", async () => {
  const filesystem = await filled();
  const hosts = [await managerOf(filesystem), await managerOf(filesystem)];

  await Promise.all(hosts.map((host) => host.prune({ keepLast: 2 })));

  expect(await keysOf(filesystem)).toEqual([...NAMES.slice(3), ...FOREIGN].sort());
});

describe("in a mirrored filesystem", () => {
  it("each destination is pruned by what lies there", async () => {
    const [full, sparse] = [await filled(), await filled(new MemoryDriver(), NAMES.slice(0, 3))];
    const manager = await managerOf(
      mirrored([
        { name: "near", filesystem: full },
        { name: "far", filesystem: sparse },
      ]),
    );

    const { decisions, removed } = await manager.prune({ keepLast: 2 });

    expect(removed).toBe(4);
    expect(new Set(decisions.map(({ destination }) => destination))).toEqual(new Set(["near", "far"]));
    expect(await keysOf(full)).toEqual([...NAMES.slice(3), ...FOREIGN].sort());
    expect(await keysOf(sparse)).toEqual(NAMES.slice(1, 3));
  });

  it("one that is down keeps nobody from pruning the other, and is told", async () => {
    const up = await filled();
    const driver = new MemoryDriver();
    const down = wrapDriver(driver, { list: () => Promise.reject(new StowageError("UNAVAILABLE", "it is down")) });
    const manager = await managerOf(mirrored([new Filesystem(down), up]), { lock: "process" });

    await expect(manager.prune({ keepLast: 2 })).rejects.toMatchObject({ code: "UNAVAILABLE" });

    expect(await keysOf(up)).toEqual([...NAMES.slice(3), ...FOREIGN].sort());
  });
});
