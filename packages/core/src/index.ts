export type { OnChanged } from "./archive/create/source-change.ts";
export type { ArchiveEntry } from "./archive/format/central-header.ts";
export type { ArchiveLimits } from "./archive/judge/judge-archive.ts";
export type { SkippedEntry } from "./archive/skipped-entry.ts";
export { BackupManager } from "./backup-manager.ts";
export type { Disk, DiskFile, DiskPath } from "./disk/disk.ts";
export { errnoOf } from "./disk/errno-of.ts";
export { abortError, type ErrorCode, StowageError, type StowageErrorOptions } from "./errors.ts";
export { compareKeys } from "./filesystem/compare-keys.ts";
export type { Content } from "./filesystem/content/source.ts";
export type { Copy } from "./filesystem/copy.ts";
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
export { Filesystem, type ListOptions, type SignalOption } from "./filesystem/filesystem.ts";
export { assertValidKey, isValidKey, MAX_KEY_SIZE, MAX_PREFIX_SIZE } from "./filesystem/key.ts";
export type { NamedDestination } from "./filesystem/mirrored/mirror-destination.ts";
export { mirrored } from "./filesystem/mirrored/mirrored.ts";
export { prefixed } from "./filesystem/prefixed.ts";
export type { ReadRange } from "./filesystem/read-range.ts";
export { DEFAULT_RETRY, type RetryPolicy, retry } from "./filesystem/retry.ts";
export type { WriteOptions } from "./filesystem/write-rules.ts";
export { currentProcess, isAlive, type ProcessIdentity } from "./lock/process-identity.ts";
export type { FilesystemSource } from "./manager/backups-filesystem.ts";
export type { CreateReport } from "./manager/create-backup.ts";
export type { ExtractSelection } from "./manager/extract-backup.ts";
export type {
  ArchiveReport,
  BackupHooks,
  BackupInfo,
  BackupManagerOptions,
  RestoreChoices,
  RestoreReport,
  VerifyReport,
} from "./manager/manager-options.ts";
export type { OperationEvents, OperationOptions, OperationStatus } from "./manager/operations.ts";
export type { MountPolicy } from "./manager/plan-mounts.ts";
export type { ResultWarning, ResultWarnings } from "./manager/result-warnings.ts";
export type { UploadReport } from "./manager/upload-backup.ts";
export { assertOptions, type OptionsContext } from "./options/assert-options.ts";
export { nearestName } from "./options/nearest-name.ts";
export { type OptionRule, type OptionRules, rule } from "./options/option-rules.ts";
export type { Progress } from "./progress.ts";
export type { KeptPrevious } from "./restore/keep-previous.ts";
export { needsRecovery, type RecoverOptions, type Recovery, recover } from "./restore/recover.ts";
export type { DatabaseCheck } from "./snapshot/check-databases.ts";
export type { DatabaseSource, DatabasesOption } from "./snapshot/databases-option.ts";
export { warnOf } from "./warn-of.ts";
