import { linkSignals } from "../abort.ts";
import { abortError, StowageError } from "../errors.ts";
import { checked } from "../filesystem/call-options.ts";
import { destinationsOf } from "../filesystem/destinations-of.ts";
import { Filesystem } from "../filesystem/filesystem.ts";
import { filesystemAdvice } from "../filesystem/filesystem-advice.ts";
import { inContext } from "../filesystem/wrap-error.ts";
import { assertCopyOptions } from "./copy-options.ts";
import { CopyProgress } from "./copy-progress.ts";
import type { BackupCopy, CopyOptions, CopyReport } from "./copy-report.ts";
import { copyTo, type Destination } from "./copy-to.ts";
import { type PlannedCopy, planCopies } from "./plan-copies.ts";

const OPERATION = { operation: "copyBackups" };

/**
 * Copies backups from one filesystem to another, byte by byte and create-only. Locks, and what PocketBase keeps beside a backup
 * (`<key>.attrs`), are no backups.
 *
 * - Each is sent once as it is read, hashed on the way, and read back before it counts. One that arrived otherwise is removed
 *   (`CHECKSUM_MISMATCH`).
 * - A key that is taken is compared by its size, then byte by byte: what is the same is not sent again, so that a copy which was killed
 *   goes on where it was; what is not stays as it is, and is told as a conflict.
 * - A mirrored filesystem gets what each of its destinations lacks: `copyBackups(mirror, mirror)` repairs what one of them missed.
 * - The oldest is copied first, so that a list of `to` has the order of the list of `from`. To save the newest before all others call
 *   with `{ latest: 1 }` first.
 *
 * One backup that fails does not stop the rest: look at `failed` and `conflicts` of the report. Rejects if `from` cannot be listed
 * or every backup failed, with what the first one failed with; with `ABORTED`; with `INVALID_ARGUMENT` for arguments.
 */
export async function copyBackups(from: Filesystem, to: Filesystem, options: CopyOptions = {}): Promise<CopyReport> {
  checked(OPERATION, () => {
    assertFilesystem("from", from);
    assertFilesystem("to", to);
    assertCopyOptions(options);
  });
  using linked = linkSignals(options.signal);
  const { signal } = linked;
  try {
    if (signal.aborted) throw abortError(signal);
    const { planned, unseen } = await planCopies(from, options, signal);
    const destinations: readonly Destination[] = destinationsOf(to) ?? [{ name: undefined, filesystem: to }];
    const progress = new CopyProgress(planned, { ...options, destinations: destinations.length, stop: linked.abort });
    const backups = await copyEach(planned, { from, destinations, progress, signal });
    return { ...reportOf(backups), unseen };
  } catch (error) {
    const { signal: given } = options;
    if (given?.aborted) throw abortError(given, OPERATION);
    throw error instanceof StowageError ? inContext(error, OPERATION) : error;
  }
}

interface Copying {
  readonly from: Filesystem;
  readonly destinations: readonly Destination[];
  readonly progress: CopyProgress;
  readonly signal: AbortSignal;
}

async function copyEach(planned: readonly PlannedCopy[], copying: Copying): Promise<BackupCopy[]> {
  const { from, destinations, progress, signal } = copying;
  const backups: BackupCopy[] = [];
  for (const backup of planned) {
    for (const destination of destinations) {
      const sent = progress.next(backup);
      backups.push(await copyTo(destination, backup, { from, signal, onBytes: sent.add }));
      progress.assertWell();
      if (signal.aborted) throw abortError(signal);
      sent.end();
    }
  }
  progress.assertWell();
  return backups;
}

function reportOf(backups: readonly BackupCopy[]): Omit<CopyReport, "unseen"> {
  const count = (outcome: BackupCopy["outcome"]) => backups.filter((each) => each.outcome === outcome).length;
  const failed = count("failed");
  if (failed > 0 && failed === backups.length) throw nothingCopied(backups);
  return { backups, copied: count("copied"), present: count("present"), conflicts: count("conflict"), failed };
}

function nothingCopied(backups: readonly BackupCopy[]): StowageError {
  const failures = backups.flatMap(({ error }) => error ?? []);
  const [first] = failures;
  const { code, retryable, message } = first ?? { code: "INTERNAL", retryable: false, message: "no error" };
  const others = failures.length > 1 ? `, and so failed ${failures.length - 1} more` : "";
  return new StowageError(code, `no backup could be copied: ${message}${others}`, {
    retryable,
    cause: new AggregateError(failures, "each of these copies failed"),
  });
}

function assertFilesystem(name: string, value: unknown): void {
  if (value instanceof Filesystem) return;
  throw new StowageError("INVALID_ARGUMENT", `${name}: not a Filesystem${filesystemAdvice(value)}`);
}
