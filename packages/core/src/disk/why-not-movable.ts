import { rename, statfs } from "node:fs/promises";
import { errnoOf } from "./errno-of.ts";
import { BTRFS, EXT, F2FS, NFS, OVERLAYFS, TMPFS, XFS, ZFS } from "./file-system-types.ts";

/** Those that never replace a directory which is not empty. What a file system in a program of its own (FUSE) does is not known. */
const KNOWN: ReadonlySet<number> = new Set([EXT, XFS, BTRFS, F2FS, TMPFS, OVERLAYFS, NFS, ZFS]);

/** What rename(2) says of a target that cannot be replaced, once nothing else is in the way. */
const MOVABLE: ReadonlySet<string | undefined> = new Set(["ENOTEMPTY", "EEXIST", "EISDIR", "ENOENT"]);

/**
 * Why something cannot be renamed into another directory, by a rename that must fail: onto a directory there that is not empty. The
 * kernel asks first whether it may be moved at all (`EACCES`, `EPERM`, `EXDEV`, `EBUSY`). Undefined if it can, or if it is gone.
 */
export async function whyNotMovable(path: string, full: string): Promise<NodeJS.ErrnoException | undefined> {
  if (!KNOWN.has((await statfs(full)).type)) return undefined;
  try {
    await rename(path, full);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return MOVABLE.has(errnoOf(error)) ? undefined : error;
  }
  await rename(full, path); // no system does so
  return undefined;
}
