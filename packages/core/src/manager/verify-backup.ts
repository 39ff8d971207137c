import { verifyEntries } from "../archive/verify-entries.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { judgedBackup, reportOf, UNLIMITED } from "./judged-backup.ts";
import type { ArchiveReport } from "./manager-options.ts";
import type { ManagerSettings } from "./manager-settings.ts";
import type { Operation } from "./operations.ts";

/** Judges an archive and inflates every entry of it, as a restore would. Writes nothing. */
export async function verifyBackup(
  filesystem: Filesystem,
  operation: Operation,
  settings: ManagerSettings,
): Promise<ArchiveReport> {
  await using judged = await judgedBackup(filesystem, operation, { ...settings, base: UNLIMITED });
  const { source, archive, threads } = judged;
  const totals = { entriesTotal: archive.entries.length, bytesTotal: archive.size };
  const onProgress = operation.phase("verify", totals);
  await verifyEntries(source, archive.entries, { signal: operation.signal, threads, onProgress });
  return reportOf(archive);
}
