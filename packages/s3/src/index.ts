export { S3_OPTION_RULES } from "./option-rules.ts";
export { S3Driver } from "./s3-driver.ts";
export { s3Filesystem } from "./s3-filesystem.ts";
export type { S3Credentials, S3Options } from "./s3-options.ts";
export type { S3ServiceName } from "./services.ts";
