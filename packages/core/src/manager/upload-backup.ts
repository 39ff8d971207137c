import { diskReader } from "../archive/archive-reader.ts";
import { checkLocalHeaders } from "../archive/judge/check-local-headers.ts";
import { judgeArchive } from "../archive/judge/judge-archive.ts";
import type { SkippedEntry } from "../archive/skipped-entry.ts";
import { StowageError } from "../errors.ts";
import { archiveWrite } from "../filesystem/archive-write.ts";
import type { Content } from "../filesystem/content/source.ts";
import type { Copy } from "../filesystem/copy.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import type { ReportProgress } from "../progress.ts";
import { checkMagic } from "./check-magic.ts";
import { failedCopies } from "./failed-copies.ts";
import { isTaken } from "./is-taken.ts";
import { UNLIMITED, withLimits } from "./judged-backup.ts";
import type { Operation } from "./operations/operations.ts";
import type { BackupInfo } from "./settings/manager-options.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";
import { type SpooledUpload, spoolUpload } from "./upload-spool.ts";

export interface UploadReport {
  /** The destinations of a mirrored filesystem that did not store the archive; empty if all did. */
  readonly warnings: readonly SkippedEntry[];
  /** Only of a mirrored filesystem: what became of the archive in each destination. */
  readonly copies?: readonly Copy[];
}

const CHUNK_SIZE = 512 * 1_024;

/**
 * Stores an archive under the operation's key, create-only. With "archive" it is judged before a byte of it is visible, from a
 * nameless file on the data directory's volume; with "magic" it streams through, and only its first bytes are looked at.
 */
export async function uploadBackup(
  filesystem: Filesystem,
  content: Content,
  operation: Operation,
  settings: ManagerSettings & { readonly check: "archive" | "magic" },
): Promise<BackupInfo & UploadReport> {
  const { key, signal, phase } = operation;
  if (await isTaken(filesystem, key, signal)) {
    throw new StowageError(
      "ALREADY_EXISTS",
      "there is a backup of that name already; choose another, or delete it first",
    );
  }
  if (settings.check === "magic") {
    return store(filesystem, checkMagic(content, { signal }), operation, {
      report: phase("upload", { entriesTotal: 1, bytesTotal: 0 }),
    });
  }
  await using spool = await spoolUpload(content, { ...settings, signal });
  const reader = diskReader(spool.file, spool.size);
  phase("judge", { entriesTotal: 0, bytesTotal: 0 });
  const limits = withLimits(UNLIMITED, settings.limits);
  const { entries, leftOut } = await judgeArchive(reader, {
    limits,
    isExcluded: () => false,
    requiredFiles: [],
    names: settings.names,
    signal,
  });
  for (const some of [entries, leftOut]) await checkLocalHeaders(reader, some, { signal });
  const report = phase("upload", { entriesTotal: 1, bytesTotal: spool.size });
  return await store(filesystem, rereading(spool), operation, { size: spool.size, report });
}

/** Yields the same memory again and again: the filesystem copies what it takes from an iterator, and new memory comes back late. */
async function* rereading({ file, size }: Pick<SpooledUpload, "file" | "size">): AsyncGenerator<Uint8Array> {
  const memory = Buffer.allocUnsafeSlow(CHUNK_SIZE);
  for (let position = 0; position < size; ) {
    const read = await file.read(memory.subarray(0, Math.min(CHUNK_SIZE, size - position)), position);
    if (read === 0) return; // cut by somebody else: the size that was announced says so
    position += read;
    yield memory.subarray(0, read);
  }
}

async function store(
  filesystem: Filesystem,
  content: AsyncIterable<Uint8Array>,
  { key, signal }: Operation,
  { size, report }: { size?: number; report: ReportProgress },
): Promise<BackupInfo & UploadReport> {
  const written = await filesystem.write(key, counted(content, report), {
    signal,
    size,
    ...archiveWrite(filesystem.capabilities, size),
  });
  const { modifiedAt, copies } = written;
  return { key, size: written.size, modifiedAt, warnings: failedCopies(copies), ...(copies && { copies }) };
}

async function* counted(content: AsyncIterable<Uint8Array>, report: ReportProgress): AsyncGenerator<Uint8Array> {
  let bytesDone = 0;
  for await (const chunk of content) {
    yield chunk;
    bytesDone += chunk.length;
    report({ entriesDone: 0, bytesDone });
  }
}
