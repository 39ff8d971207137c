import type { Disk, DiskFile } from "@stowage/core/driver";

/** What the driver does on a disk, so that tests can count the calls and fail the nth one. */
export type LocalDisk = Pick<
  Disk,
  | "createFile"
  | "link"
  | "lstatEachExactly"
  | "lstatExactly"
  | "makeDirectory"
  | "openDirectory"
  | "openFile"
  | "platform"
  | "readLatin1Names"
  | "realPath"
  | "removeFile"
  | "rename"
  | "statDirectory"
>;

export type LocalFile = Pick<DiskFile, "statExactly" | "read" | "write" | "touchEmpty" | "sync" | "close">;
