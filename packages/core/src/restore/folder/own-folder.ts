import { join } from "node:path";
import type { Disk } from "../../disk/disk.ts";
import { isMissing, utf8ChildrenOf } from "../../disk/disk-steps.ts";
import { FOLDING_PROBES } from "../../disk/folding.ts";
import { StowageError } from "../../errors.ts";
import { isClaim } from "./claim-name.ts";
import { DRAFT_NAME, RESTORE_FOLDER } from "./layout.ts";

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
/** The folder of a restore, and an upload that waits to be judged. */
const WORK = new RegExp(`^(?:upload-)?${UUID}$`);

/**
 * Throws `CONFIG_INVALID` if the folder of restores is a link or a file. What lies behind a link is somebody else's: it is not read as
 * a journal, nor swept, nor written.
 */
export async function assertOwnFolder(disk: Disk, volume: string): Promise<void> {
  const path = join(volume, RESTORE_FOLDER);
  if (!(await isObstructed(disk, path))) return;
  const message = `${path} is no directory, and restores keep their files there: it is not followed. Move it away; nothing was touched`;
  throw new StowageError("CONFIG_INVALID", message);
}

/** Says whether something else than a directory lies there. */
export async function isObstructed(disk: Disk, path: string): Promise<boolean> {
  try {
    return !(await disk.lstat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** The names in the folder of restores, which must be a directory; none if it is missing. */
export async function namesInFolder(disk: Disk, volume: string): Promise<string[]> {
  await assertOwnFolder(disk, volume);
  return utf8ChildrenOf(disk, join(volume, RESTORE_FOLDER));
}

/** Whether a name in that folder is of work under way, which is removed once nobody needs it. Names of others stay. */
export function isWork(name: string): boolean {
  return WORK.test(name) || name === DRAFT_NAME || FOLDING_PROBES.includes(name);
}

/** Whether `recover` has to look at a name in that folder, be it a claim, a journal or work. */
export function isOwnName(name: string): boolean {
  return isWork(name) || isClaim(name) || /^(?:swap|undo|done|kept)\.json$/.test(name);
}
