export type { OnChanged } from "./archive/create/file-change.ts";
export type { ArchiveEntry } from "./archive/format/central-header.ts";
export type { NamePolicy } from "./archive/format/normalized-name.ts";
export type { ArchiveLimits } from "./archive/judge/judge-archive.ts";
export type { SkippedEntry } from "./archive/skipped-entry.ts";
export { BackupManager } from "./backup-manager.ts";
export { copyBackups } from "./copy/copy-backups.ts";
export type { BackupCopy, CopyOptions, CopyReport } from "./copy/copy-report.ts";
export { type ErrorCode, StowageError } from "./errors.ts";
export type { Content } from "./filesystem/content/source.ts";
export type { Copy } from "./filesystem/copy.ts";
export type { NamedDestination } from "./filesystem/destinations-of.ts";
export type { Capabilities, FileInfo, FilesystemDriver, SignUrlOptions } from "./filesystem/driver.ts";
export { Filesystem } from "./filesystem/filesystem.ts";
export type { ListOptions, SignalOption } from "./filesystem/filesystem-options.ts";

export { mirrored } from "./filesystem/mirrored/mirrored.ts";
export { prefixed } from "./filesystem/prefixed.ts";
export type { ReadRange } from "./filesystem/read-range.ts";
export type { WriteOptions } from "./filesystem/write-rules.ts";
export type { HistoryRecord } from "./history/history-record.ts";
export type { HealthOptions, HealthProblem, HealthReport } from "./manager/check-health.ts";
export type { CreateReport } from "./manager/create-backup.ts";
export type { DrillReport } from "./manager/drill-backup.ts";
export type { ListBackupsOptions } from "./manager/list-what-shows.ts";
export type { OpenedEntry } from "./manager/open-entry.ts";
export type { BackupHooks } from "./manager/operations/backup-hooks.ts";
export type {
  CreateOptions,
  DownloadOptions,
  DrillOptions,
  ExtractOptions,
  OperationOptions,
  PruneOptions,
  RestoreOptions,
  RestorePlanOptions,
  UploadOptions,
} from "./manager/operations/operation-options.ts";
export type { OperationStatus } from "./manager/operations/operation-status.ts";
export type { OperationEvents } from "./manager/operations/operations.ts";
export type { ResultWarning, ResultWarnings } from "./manager/operations/result-warnings.ts";
export type { PruneDecision, PruneReport } from "./manager/prune-backups.ts";
export type { PlannedChange, PlannedSpace, PlanProblem, RestorePlan } from "./manager/restore-plan.ts";
export type { Schedule, ScheduleOptions } from "./manager/schedule/backup-schedule.ts";
export type { FilesystemSource } from "./manager/settings/backups-filesystem.ts";
export type {
  ArchiveReport,
  BackupInfo,
  BackupManagerOptions,
  RestoreReport,
  VerifyReport,
} from "./manager/settings/manager-options.ts";
export type { MountPolicy } from "./manager/settings/plan-mounts.ts";
export type { UploadReport } from "./manager/upload-backup.ts";
export type { Notice } from "./notices/notice.ts";
export type { NoticeOptions } from "./notices/notifier.ts";
export type { Progress } from "./progress.ts";
export type { LinkPolicy } from "./restore/choose-links.ts";
export type { OwnerPolicy } from "./restore/choose-owners.ts";
export type { KeptPrevious } from "./restore/keep-previous.ts";
export { needsRecovery, type Recovery, recover } from "./restore/recover.ts";
export type { RecoverOptions } from "./restore/recover-options.ts";
export type { RetentionDecision } from "./retention/plan-retention.ts";
export type { RetentionPolicy } from "./retention/retention-policy.ts";
export type { DatabaseCheck } from "./snapshot/check-databases.ts";
export type { DatabaseSource, DatabasesOption } from "./snapshot/databases-option.ts";
