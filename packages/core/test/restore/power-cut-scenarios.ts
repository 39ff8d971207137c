import { MemoryDriver } from "@stowage/memory";
import { BackupManager, type BackupManagerOptions, Filesystem } from "../../src/index.ts";
import type { Tree } from "../tree.ts";
import type { DiskImage } from "./disk-model.ts";
import { imageOf, ModelledDisk, type ModelledDiskOptions } from "./modelled-disk.ts";

export const DATA = "/modelled/data";

/** What the application writes, durably, as soon as it may use the restored data. */
export const WRITTEN_AFTER = "written-after";

export interface Scenario {
  /** Undefined: there is no data directory yet. */
  readonly old: Tree | undefined;
  readonly archive: Tree;
  /** What lies there after the restore. */
  readonly restored: Tree;
  readonly exclude?: readonly string[];
  /** What an application that was not closed does after a rename: a file that it writes must never be lost. */
  readonly disturbances?: readonly Disturbance[];
  readonly keepPrevious?: boolean;
  /** What follows the restore. */
  readonly afterwards?: "confirm" | "rollback";
  /** The error of each call that matches, in the restore. */
  readonly fault?: Fault;
  /** The same in each recovery. */
  readonly recoveryFault?: Fault;
}

export interface Fault {
  readonly at: RegExp;
  /** Only this one of the calls that match. */
  readonly nth?: number;
  readonly code: string;
}

export interface Disturbance {
  readonly after: RegExp;
  readonly deletes?: string;
  readonly writes?: { readonly name: string; readonly content: string };
}

const OLD: Tree = {
  "data.db": "old database",
  "data.db-wal": "old log",
  "only-old": "old",
  "storage/a": "old",
  "storage/empty/": "",
};
const NEW: Tree = {
  "data.db": "new database",
  "only-new": "new",
  "storage/b": "new",
  "storage/deep/c": "new",
};

const DATABASE: Scenario = { old: OLD, archive: NEW, restored: NEW };

const KEPT: Tree = { "backups/x.zip": "kept", "a/b/cache/k": "kept" };

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "a database with its log and directories": DATABASE,
  "entries that are kept at every depth": {
    old: { ...KEPT, "data.db": "old", "a/gone": "old", "a/b/gone": "old", "q/r": "old" },
    archive: { "data.db": "new", "a/came": "new", "p/came": "new" },
    restored: { ...KEPT, "data.db": "new", "a/came": "new", "p/came": "new" },
    exclude: ["a/b/cache"],
  },
  "no data directory yet": { old: undefined, archive: { "data.db": "new" }, restored: { "data.db": "new" } },
  "an application that still writes": {
    old: OLD,
    archive: { ...NEW, "data.db-wal": "new log" },
    restored: { ...NEW, "data.db-wal": "new log" },
    disturbances: [
      { after: /swap\.json$/, deletes: "data.db-wal", writes: { name: "intruder", content: "old upload" } },
      { after: /data\/storage$/, writes: { name: "only-new", content: "an upload" } },
    ],
  },
  "an application that still writes, and a move in that fails": {
    ...DATABASE,
    disturbances: [{ after: /data\/storage$/, writes: { name: "only-old", content: "an upload" } }],
    fault: { at: /rename .*\/new\/data\.db /, code: "EIO" },
  },
  "a last sync that fails": { ...DATABASE, fault: { at: /syncDirectory .*\.stowage$/, nth: 3, code: "EIO" } },
  "a move out that fails": { ...DATABASE, fault: { at: /rename .*only-old .*\/old\//, code: "EBUSY" } },
  "a move in that fails": { ...DATABASE, fault: { at: /rename .*\/new\/data\.db /, code: "EXDEV" } },
  "a recovery that cannot end forward": {
    ...DATABASE,
    recoveryFault: { at: /rename .*swap.json .*done.json/, code: "EACCES" },
  },
  "a recovery that cannot move in": { ...DATABASE, recoveryFault: { at: /rename .*\/new\/only-new /, code: "EBUSY" } },
  "previous data that is kept": { ...DATABASE, keepPrevious: true },
  "previous data that is kept, then confirmed": { ...DATABASE, keepPrevious: true, afterwards: "confirm" },
  "previous data that is kept, then brought back": { ...DATABASE, keepPrevious: true, afterwards: "rollback" },
};

/** Those in which no state may be bad: all but one, a sync that fails before a kill, of which docs/restore.md tells. */
export const SWEPT_SCENARIOS = Object.entries(SCENARIOS).filter(([name]) => name !== "a last sync that fails");

export function scenarioCalled(name: string): Scenario {
  const scenario = SCENARIOS[name];
  if (!scenario) throw new Error(`no such scenario: ${name}`);
  return scenario;
}

const archives = new Map<Tree, Promise<Filesystem>>();

/** Restores the scenario's archive on a modelled disk, which records it. Marks what the application is told. */
export async function runScenario(scenario: Scenario, options: ModelledDiskOptions = {}): Promise<ModelledDisk> {
  const intercept = failing(scenario.fault, options.intercept);
  const disk = new ModelledDisk(startOf(scenario), { ...options, intercept });
  const filesystem = await archiveOf(scenario.archive);
  const manager = new BackupManager({ ...managerOptions(scenario, disk), filesystem });
  const restored = await manager.restore("a.zip", { keepPrevious: scenario.keepPrevious ?? false }).then(
    () => true,
    () => false,
  );
  disk.mark(restored ? "reported new" : "reported old");
  if (restored && scenario.afterwards === "confirm") await manager.confirm();
  if (restored && scenario.afterwards === "rollback") {
    disk.mark("rolling back");
    await manager.rollback();
    disk.mark("reported old");
  }
  return disk;
}

/** The disk before the restore. */
export function startOf({ old }: Scenario): DiskImage {
  return imageOf(old ? DATA : "/modelled", old ?? {});
}

/** Restores the scenario's archive, and nothing else. */
export async function restoreOn(disk: ModelledDisk, { archive, exclude = [] }: Scenario): Promise<void> {
  const filesystem = await archiveOf(archive);
  const manager = new BackupManager({
    dataDir: DATA,
    disk,
    filesystem,
    exclude,
    requiredFiles: ["data.db"],
    lock: "process",
  });
  await manager.restore("a.zip");
}

/** Makes the calls fail that a fault matches, and leaves the others to `intercept`. */
export function failing(
  fault: Fault | undefined,
  intercept: ModelledDiskOptions["intercept"] = () => undefined,
): NonNullable<ModelledDiskOptions["intercept"]> {
  let matches = 0;
  return (call) => {
    if (!fault?.at.test(call) || ++matches !== (fault.nth ?? matches)) return intercept(call);
    return Object.assign(new Error(`${fault.code}: injected into ${call}`), { code: fault.code });
  };
}

function managerOptions(scenario: Scenario, disk: ModelledDisk): Omit<BackupManagerOptions, "filesystem"> {
  return {
    dataDir: DATA,
    disk: disturbed(disk, scenario),
    exclude: scenario.exclude ?? [],
    requiredFiles: ["data.db"],
    lock: "process",
    hooks: {
      afterSwap: async ({ restored }) => {
        disk.mark(restored ? "reported" : "reported old");
        await writeAndSync(disk, WRITTEN_AFTER, "by the application");
        disk.mark("written");
      },
    },
  };
}

/** The disk of an application that was not closed, and does what the scenario says once. */
function disturbed(disk: ModelledDisk, { disturbances = [] }: Scenario): ModelledDisk {
  const left = new Set(disturbances);
  return wrapped(disk, "rename", async (from: string, to: string) => {
    await disk.rename(from, to);
    for (const disturbance of [...left].filter(({ after }) => after.test(to))) {
      left.delete(disturbance);
      await disturb(disk, disturbance);
    }
  });
}

async function disturb(disk: ModelledDisk, { deletes, writes }: Disturbance): Promise<void> {
  if (deletes !== undefined) await disk.removeFile(`${DATA}/${deletes}`);
  if (deletes !== undefined) await disk.syncDirectory(DATA);
  if (writes === undefined) return;
  await writeAndSync(disk, writes.name, writes.content);
  disk.mark(`disturbed ${writes.content}`);
}

function wrapped(disk: ModelledDisk, method: "rename", replacement: ModelledDisk["rename"]): ModelledDisk {
  return new Proxy(disk, {
    get(target, name) {
      if (name === method) return replacement;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/** Writes a file as a careful application does. */
export async function writeAndSync(disk: ModelledDisk, name: string, content: string): Promise<void> {
  const file = await disk.createFile(`${DATA}/${name}`);
  await file.write(Buffer.from(content));
  await file.sync();
  await disk.syncDirectory(DATA);
}

async function archiveOf(tree: Tree): Promise<Filesystem> {
  const made = archives.get(tree) ?? makeArchive(tree);
  archives.set(tree, made);
  return made;
}

async function makeArchive(tree: Tree): Promise<Filesystem> {
  const filesystem = new Filesystem(new MemoryDriver());
  const disk = new ModelledDisk(imageOf(DATA, tree));
  await new BackupManager({ dataDir: DATA, disk, filesystem, lock: "process" }).create({ name: "a.zip" });
  return filesystem;
}
