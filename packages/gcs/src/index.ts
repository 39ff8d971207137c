export { GcsDriver } from "./gcs-driver.ts";
export { gcsFilesystem } from "./gcs-filesystem.ts";
export type { GcsOptions } from "./gcs-options.ts";
export { GCS_OPTION_RULES } from "./option-rules.ts";
