import { dirname, join } from "node:path";
import type { Disk } from "../disk/disk.ts";
import { isMissing, utf8ChildrenOf } from "../disk/disk-steps.ts";
import { errnoOf } from "../disk/errno-of.ts";
import { makeDirectories } from "../disk/make-directories.ts";
import { removeIfEmpty, removeTree } from "../disk/remove-tree.ts";
import { StowageError } from "../errors.ts";
import { currentProcess, isAlive } from "../lock/process-identity.ts";
import { removeDataDirectory } from "../restore/make-data-directory.ts";
import { isSnapshot, newSnapshotName, snapshotOwner } from "./snapshot-name.ts";

const TOUCH_MS = 60_000;
/** How long the folder of a process on another host may go without a touch. */
const FORSAKEN_MS = 60 * TOUCH_MS;

/** The folders that this process is using. */
const inUse = new Set<string>();

/** A folder of copies, mode 0700. Disposing it removes it, and each directory that was made for it if that is empty. */
export interface SnapshotFolder extends AsyncDisposable {
  readonly path: string;
}

/** Makes a folder of copies in `stateDir`, which is made too if it is missing. */
export async function makeSnapshotFolder(disk: Disk, stateDir: string): Promise<SnapshotFolder> {
  const path = join(stateDir, newSnapshotName(await currentProcess()));
  inUse.add(path);
  const touch = () => disk.setModifiedAt(path, new Date()).catch(() => {});
  const timer = setInterval(touch, TOUCH_MS).unref();
  const made: string[] = [];
  const dispose = async () => {
    clearInterval(timer);
    inUse.delete(path);
    await removeTree(disk, path);
    await removeIfEmpty(disk, stateDir);
    await removeDataDirectory(disk, made);
  };
  try {
    await makeInside(disk, stateDir, path, made);
    return { path, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await Promise.allSettled([dispose()]);
    const code = errnoOf(error);
    if (code !== "EROFS" && code !== "EACCES" && code !== "EPERM") throw error;
    const message = `the copies of the databases cannot be put into ${stateDir}: ${code}; stateDir can lie elsewhere`;
    throw new StowageError("PERMISSION_DENIED", message, { cause: error });
  }
}

/** Makes a folder in one that somebody else may remove, because it is empty, at any moment. Notes the parents made. */
async function makeInside(disk: Disk, stateDir: string, path: string, made: string[], attempts = 10): Promise<void> {
  const outermost = await makeDirectories(stateDir);
  if (outermost !== undefined) made.push(...parentsOf(stateDir, outermost));
  try {
    await disk.makeDirectory(path);
  } catch (error) {
    if (!isMissing(error) || attempts === 1) throw error;
    await makeInside(disk, stateDir, path, made, attempts - 1);
  }
}

/** Names the directories above a path, from `outermost` on. None if it does not lie there. */
function parentsOf(path: string, outermost: string): string[] {
  const parent = dirname(path);
  return path !== outermost && path.startsWith(outermost) ? [...parentsOf(parent, outermost), parent] : [];
}

/** Removes the copies that a create left behind when it was killed. Those of a living process stay. */
export async function sweepSnapshots(disk: Disk, stateDir: string): Promise<void> {
  for (const name of (await utf8ChildrenOf(disk, stateDir)).filter(isSnapshot)) {
    const path = join(stateDir, name);
    if (await isForsaken(disk, path, name)) await removeTree(disk, path);
  }
  await removeIfEmpty(disk, stateDir);
}

async function isForsaken(disk: Disk, path: string, name: string): Promise<boolean> {
  const owner = snapshotOwner(name);
  if (owner === undefined || inUse.has(path)) return false;
  const self = await currentProcess();
  if (owner.host === self.host)
    return owner.pid === self.pid
      ? owner.startedAt !== self.startedAt || owner.thread === self.thread
      : !(await isAlive(owner));
  const { mtimeMs } = await disk.lstat(path);
  return Date.now() - mtimeMs > FORSAKEN_MS;
}
