import { join } from "node:path";
import type { SkippedEntry } from "../../archive/skipped-entry.ts";
import type { Disk } from "../../disk/disk.ts";
import { mountsBelow } from "../../disk/mounts-below.ts";
import { StowageError } from "../../errors.ts";
import { RESTORE_FOLDER } from "../../restore/folder/layout.ts";
import { assertOwnFolder } from "../../restore/folder/own-folder.ts";
import type { KeptEntries } from "./kept-entries.ts";
import { doubtfulFolders } from "./top-folders.ts";

/** What a restore does about mounts below the data directory: a rename neither moves them nor goes through them. */
export type MountPolicy = "refuse" | "keep" | "roots";

/** What a restore leaves alone, and the mounts whose content it replaces on their own volume. */
export interface PlannedMounts extends KeptEntries {
  readonly mounts: readonly string[];
}

interface Place {
  readonly disk: Disk;
  readonly dataDir: string;
}

/** At the top of a mount, as of the data directory: what belongs to restores, and to the file system. */
const OWN_FOLDERS = [RESTORE_FOLDER, "lost+found"];

/**
 * Looks for mounts below the data directory, apart from what is kept anyway. They are refused (`MOUNT_IN_DATA_DIR`, naming
 * them), kept like what is excluded, or restored too. A file that is mounted can only be refused or kept.
 */
export async function planMounts(
  kept: KeptEntries,
  { disk, dataDir, mounts: policy }: Place & { readonly mounts: MountPolicy },
): Promise<PlannedMounts> {
  const mounts = await mountsOutside(kept, { disk, dataDir });
  if (mounts.length === 0) return { ...kept, mounts };
  if (policy === "refuse") throw refusal(dataDir, mounts);
  if (policy === "keep") return { ...leavingOut(kept, mounts), mounts: [] };
  const files: string[] = [];
  for (const mount of mounts) if (!(await disk.lstat(join(dataDir, mount))).isDirectory()) files.push(mount);
  if (files.length > 0) throw refusal(dataDir, files);
  for (const mount of mounts) await assertOwnFolder(disk, join(dataDir, mount));
  return { ...kept, mounts };
}

/** Staging takes its time: what was mounted or unmounted since is not what was planned for (`MOUNT_IN_DATA_DIR`). */
export async function assertSameMounts(planned: PlannedMounts, place: Place): Promise<void> {
  const mounts = await mountsOutside(planned, place);
  const added = mounts.filter((name) => !planned.mounts.includes(name));
  if (added.length > 0) throw refusal(place.dataDir, added);
  const gone = planned.mounts.filter((name) => !mounts.includes(name));
  if (gone.length === 0) return;
  const message = `not mounted below ${place.dataDir} any more: ${shown(gone)}. Nothing was touched`;
  throw new StowageError("MOUNT_IN_DATA_DIR", message);
}

/**
 * Leaves out also the folders of restores and of the file system at the top of each mount, where mounts are restored. What of them
 * might be data is said, as at the top of the data directory.
 */
export async function leavingOutFolders(kept: KeptEntries, place: Place): Promise<KeptEntries> {
  const mounts = await mountsOutside(kept, place);
  const names = mounts.flatMap((mount) => OWN_FOLDERS.map((folder) => `${mount}/${folder}`));
  return {
    ...leavingOut(kept, names),
    leftOut: async () => [...(await kept.leftOut()), ...(await doubtfulOf(mounts, kept, place))],
  };
}

async function doubtfulOf(
  mounts: readonly string[],
  { isKept }: KeptEntries,
  { disk, dataDir }: Place,
): Promise<SkippedEntry[]> {
  const doubtful: SkippedEntry[] = [];
  for (const mount of mounts) {
    const names = (await doubtfulFolders(disk, join(dataDir, mount))).map((folder) => `${mount}/${folder}`);
    doubtful.push(...names.filter((name) => !isKept(name)).map((name) => ({ name, reason: "excluded" })));
  }
  return doubtful;
}

async function mountsOutside({ isKept }: KeptEntries, { disk, dataDir }: Place): Promise<string[]> {
  return (await mountsBelow(disk, dataDir)).filter((name) => !isKept(name));
}

function leavingOut(kept: KeptEntries, names: readonly string[]): KeptEntries {
  const isLeftOut = (name: string) => names.some((left) => name === left || name.startsWith(`${left}/`));
  return { ...kept, isKept: (name) => kept.isKept(name) || isLeftOut(name) };
}

function refusal(dataDir: string, mounts: readonly string[]): StowageError {
  const message = `mounted below ${dataDir}: ${shown(mounts)}. Nothing was touched; unmount or exclude this, or set the option "mounts"`;
  return new StowageError("MOUNT_IN_DATA_DIR", message);
}

function shown(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(", ");
}
