import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { isValidKey } from "../filesystem/key.ts";
import { messageOf } from "../message-of.ts";
import type { BackupInfo } from "./settings/manager-options.ts";

/** PocketBase's local storage keeps the attributes of a file, such as its content type, in one of this name beside it. */
const ENDING = ".attrs";

/** Leaves out the attributes of files that are listed too. */
export function withoutAttributes(backups: readonly BackupInfo[]): BackupInfo[] {
  const keys = new Set(backups.map(({ key }) => key));
  return backups.filter(({ key }) => !key.endsWith(ENDING) || !keys.has(key.slice(0, -ENDING.length)));
}

/** Throws `INVALID_KEY` for a name of attributes: an archive under it would be hidden, and deleted with another. */
export function assertNoAttributes(key: string): void {
  if (!key.endsWith(ENDING)) return;
  throw new StowageError(
    "INVALID_KEY",
    `the key is not valid: PocketBase keeps attributes of files under names in ${ENDING}`,
  );
}

/**
 * Deletes an archive, then the attributes beside it. The archive is gone by then, so attributes that cannot be deleted are a
 * warning of the process: a list shows them from then on.
 */
export async function deleteWithAttributes(filesystem: Filesystem, key: string, signal: AbortSignal): Promise<void> {
  await filesystem.delete(key, { signal });
  const attributes = key + ENDING;
  if (!isValidKey(attributes)) return;
  try {
    // Asked first, because a bucket with versions notes the deletion of what was never there.
    if (await filesystem.exists(attributes, { signal })) await filesystem.delete(attributes, { signal });
  } catch (error) {
    const message = `${attributes} was left behind: ${messageOf(error)}`;
    process.emitWarning(message, { type: "StowageWarning", code: "STOWAGE_ATTRIBUTES_LEFT" });
  }
}
