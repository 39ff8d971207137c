import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Tree, writeTree } from "@stowage/test-kit/tree";
import type { Disk } from "../../src/disk/disk.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, type BackupManagerOptions } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { withMounts } from "../disk/mount-table.ts";
import { type Fixture, makeManager } from "./manager-fixture.ts";

/** What the archive "a.zip" holds. */
export const ARCHIVED: Tree = {
  "a/up/deep/y": "archived",
  "a/up/x": "archived",
  "a/z": "archived",
  "data.db": "archived",
};

/** What lies in the data directory. */
export const CHANGED: Tree = {
  "a/up/deep/only-now": "now",
  "a/up/only-now": "now",
  "a/up/x": "now",
  "data.db": "now",
};

export interface MountedOptions extends Pick<BackupManagerOptions, "exclude" | "hooks"> {
  /** What lies there too. */
  readonly later?: Tree;
  /** Makes the disk fail at its mount. */
  readonly flawed?: (disk: Disk, mount: string) => Disk;
  /** From which call on nothing works any more, as after a crash. */
  readonly breaksAt?: (call: string, number: number) => boolean;
}

/** A manager that restores mounts, which a table shows at these places of the data directory; the list may change. */
export async function withMountsIn(
  mounts: readonly string[],
  { later = {}, flawed = (disk) => disk, breaksAt, ...options }: MountedOptions = {},
): Promise<Fixture & { disk: Disk; calls: readonly string[] }> {
  const { dataDir, filesystem, manager: before } = await makeManager({ data: ARCHIVED });
  await before.create({ name: "a.zip" });
  await rm(dataDir, { recursive: true });
  await writeTree(dataDir, { ...CHANGED, ...later });
  const current = () =>
    withMounts(
      nodeDisk,
      mounts.map((mount) => join(dataDir, mount)),
    );
  const disk = flawed(
    {
      ...nodeDisk,
      openFile: (path) => current().openFile(path),
      rename: (from, to) => current().rename(from, to),
      removeDirectory: (path) => current().removeDirectory(path),
    },
    join(dataDir, mounts[0] ?? ""),
  );
  const faulty = breakingDisk(disk, breaksAt);
  const manager = new BackupManager({ dataDir, filesystem, disk: faulty.disk, mounts: "roots", ...options });
  return { dataDir, filesystem, manager, disk, calls: faulty.calls };
}

/** A disk of which nothing works any more from some call on. */
export function breakingDisk(disk: Disk, breaksAt: MountedOptions["breaksAt"] = () => false) {
  let isBroken = false;
  const faulty = faultyDisk(disk, {
    before: (call) => {
      isBroken ||= breaksAt(call, faulty.calls.length);
      if (isBroken) throw Object.assign(new Error(`EIO: ${call}`), { code: "EIO" });
    },
  });
  return faulty;
}
