export type { LocalDisk, LocalFile } from "./local-disk.ts";
export { LocalDriver } from "./local-driver.ts";
export { localFilesystem } from "./local-filesystem.ts";
export type { LocalOptions } from "./local-options.ts";
export { LOCAL_OPTION_RULES } from "./option-rules.ts";
