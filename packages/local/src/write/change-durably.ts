import { type DiskDirectory, errnoOf, StowageError } from "@stowage/core/driver";
import type { LocalDisk } from "../local-disk.ts";

/** File systems that cannot sync a directory, as some in user space, say so by one of these. */
const UNSUPPORTED: ReadonlySet<string | undefined> = new Set(["EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/**
 * Changes the names in a directory and makes the change survive a power cut. The directory is opened first, so that
 * only the sync itself can fail once `change` has resolved. If it does, the change is visible and complete,
 * and the error is `UNAVAILABLE`, not retryable: the kernel reports a failed sync once, so a second one proves nothing.
 */
export async function changeDurably(disk: LocalDisk, directory: string, change: () => Promise<void>): Promise<void> {
  const handle = await disk.openDirectory(directory, { followsLink: true });
  try {
    await change();
    await syncNames(handle);
  } finally {
    await handle.close().catch(() => {}); // only read from: nothing can be lost
  }
}

async function syncNames(handle: Pick<DiskDirectory, "sync">): Promise<void> {
  try {
    await handle.sync();
  } catch (cause) {
    if (UNSUPPORTED.has(errnoOf(cause))) return;
    const message = "the change was made, but the disk did not confirm it: a power cut may undo it";
    throw new StowageError("UNAVAILABLE", message, { cause, retryable: false });
  }
}
