/**
 * The door for those who write drivers, and for the packages beside this one, which check options by the same rules. What only
 * users need is on the first door. On both are `StowageError` with its codes and the types that `Filesystem` itself speaks in:
 * a driver throws and returns what its caller catches and reads.
 */
export { closeQuietly, type Disk, type DiskDirectory, type DiskFile, type DiskPath, platformOf } from "./disk/disk.ts";
export { errnoOf } from "./disk/errno-of.ts";
export { nodeDisk } from "./disk/node-disk.ts";
export { attachment } from "./driver-kit/attachment.ts";
export { bucketRule, folderPrefix } from "./driver-kit/bucket-options.ts";
export { rangeHeader, rangeWithin, sizeByContentRange } from "./driver-kit/byte-range.ts";
export { classifyByRules, type ErrorFacts, type ErrorRule, factsOfError } from "./driver-kit/classify-by-rules.ts";
export { DriverAtFirstUse, type DriverAtFirstUseParts, type LoadedDriver } from "./driver-kit/driver-at-first-use.ts";
export { IdleWatch, watchedChunks } from "./driver-kit/idle-watch.ts";
export { type Commit, provenWrite, WRITE_ID } from "./driver-kit/proven-write.ts";
export { proxyPage } from "./driver-kit/proxy-page.ts";
export { type Download, type RunningChecksum, resumedContent } from "./driver-kit/resumed-content.ts";
export { DEFAULT_RETRY, RETRY_RULE, type RetryOptions, type RetryPolicy, retry } from "./driver-kit/retry.ts";
export {
  type AnyUrlOptionRules,
  assertUrlOptions,
  type PartRule,
  type UrlOptionRules,
} from "./driver-kit/url-option-rules.ts";
export { DISK_FAILURES, HTTP_FAILURES, NETWORK_FAILURES } from "./driver-kit/usual-failures.ts";
export { abortError, type ErrorCode, StowageError, type StowageErrorOptions } from "./errors.ts";
export type {
  Cancellable,
  Capabilities,
  Classification,
  FileInfo,
  FilesystemDriver,
  Limits,
  ListPage,
  ListPageOptions,
  ReadRangeOptions,
  SignUrlOptions,
  WriteObjectOptions,
} from "./filesystem/driver.ts";
export { assertValidKey, compareKeys, isValidKey, MAX_KEY_SIZE, MAX_PREFIX_SIZE } from "./filesystem/key.ts";
export { currentProcess, isAlive, type ProcessIdentity } from "./lock/process-identity.ts";
export { assertOptions, givenOptions, type OptionsContext } from "./options/assert-options.ts";
export { nearestName } from "./options/nearest-name.ts";
export { asNumber, type OptionRule, type OptionRules, rule, type TextRule } from "./options/option-rules.ts";
export { warnOf } from "./warn-of.ts";
