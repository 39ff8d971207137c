export type { LocalDisk, LocalFile } from "./local-disk.ts";
export { LocalDriver } from "./local-driver.ts";
export { type LocalFilesystemOptions, localFilesystem } from "./local-filesystem.ts";
