import { dirname } from "node:path";
import { MemoryDriver } from "@stowage/memory";
import type { Tree } from "@stowage/test-kit/tree";
import { BackupManager, type BackupManagerOptions, Filesystem } from "../../src/index.ts";
import { buildZip } from "../archive/build-zip.ts";
import type { DiskImage } from "./disk-model.ts";
import { imageOf } from "./image-tree.ts";
import { ModelledDisk, type ModelledDiskOptions } from "./modelled-disk.ts";
import type { Disturbance, Fault, Scenario } from "./scenarios.ts";

export const DATA = "/modelled/data";

/** What the application writes, durably, as soon as it may use the restored data. */
export const WRITTEN_AFTER = "written-after";

const archives = new Map<Tree, Promise<Filesystem>>();

/** Restores the scenario's archive on a modelled disk, which records it. Marks what the application is told. */
export async function runScenario(scenario: Scenario, options: ModelledDiskOptions = {}): Promise<ModelledDisk> {
  const intercept = failing(scenario.fault, options.intercept);
  const disk = new ModelledDisk(startOf(scenario), { ...options, ...diskOf(scenario), intercept });
  const filesystem = await archiveOf(scenario);
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

/** The options of a disk that is as the scenario says. */
export function diskOf({ mounts = [], syncsFileSystem = false }: Scenario): {
  mounts: string[];
  syncsFileSystems: boolean;
} {
  return { mounts: mounts.map((mount) => `${DATA}/${mount}`), syncsFileSystems: syncsFileSystem };
}

/** The disk before the restore. */
export function startOf({ old }: Scenario): DiskImage {
  return imageOf(old ? DATA : "/modelled", old ?? {});
}

/** Restores the scenario's archive, and nothing else. */
export async function restoreOn(disk: ModelledDisk, scenario: Scenario): Promise<void> {
  const { exclude = [], mounts } = scenario;
  const filesystem = await archiveOf(scenario);
  const manager = new BackupManager({
    dataDir: DATA,
    disk,
    filesystem,
    exclude,
    mounts: mounts ? "roots" : "refuse",
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
    mounts: scenario.mounts ? "roots" : "refuse",
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
  await disk.syncDirectory(dirname(`${DATA}/${name}`));
}

async function archiveOf(scenario: Scenario): Promise<Filesystem> {
  const made = archives.get(scenario.archive) ?? makeArchive(scenario);
  archives.set(scenario.archive, made);
  return made;
}

async function makeArchive({ archive, leftOut, creatorExcludes: exclude = [] }: Scenario): Promise<Filesystem> {
  const filesystem = new Filesystem(new MemoryDriver());
  if (Object.keys(archive).some((name) => name.endsWith("-wal"))) {
    // No backup of ours holds the log of a database. Those of others do.
    const plans = Object.entries(archive).map(([name, content]) => ({ name, content: String(content) }));
    await filesystem.write("a.zip", buildZip(plans));
    return filesystem;
  }
  const disk = new ModelledDisk(imageOf(DATA, { ...archive, ...leftOut }));
  await new BackupManager({ dataDir: DATA, disk, filesystem, exclude, lock: "process" }).create({ name: "a.zip" });
  return filesystem;
}
