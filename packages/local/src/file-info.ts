import type { BigIntStats } from "node:fs";
import type { FileInfo } from "@stowage/core/driver";

/**
 * Describes the object that a regular file is.
 *
 * Every write makes a new file, so inode, size and time tell versions apart. The time of the last status change
 * would not do: publishing a file (a rename, a second link and its removal) changes it after readers can see the file.
 */
export function fileInfo(key: string, stats: BigIntStats): FileInfo {
  const { ino, size, mtime, mtimeNs } = stats;
  return {
    key,
    size: Number(size),
    modifiedAt: mtime,
    etag: `${ino.toString(36)}-${size.toString(36)}-${mtimeNs.toString(36)}`,
  };
}
