import { verifyEntries } from "../archive/extract/read-contents.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { summing } from "../progress.ts";
import { findDatabases, placeForDatabases, verifyDatabases } from "./archived-databases.ts";
import { foldingThere } from "./folding-there.ts";
import { judgedBackup, reportOf, UNLIMITED } from "./judged-backup.ts";
import type { Operation } from "./operations/operations.ts";
import type { VerifyReport } from "./settings/manager-options.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";

/**
 * Judges an archive and inflates every entry of it, as a restore would. Writes nothing but its databases, which SQLite checks, where
 * there is room: after the rest, so that an archive that is damaged anyhow takes none.
 */
export async function verifyBackup(
  filesystem: Filesystem,
  operation: Operation,
  settings: ManagerSettings,
): Promise<VerifyReport> {
  const kept = await settings.keptEntries(filesystem);
  const folding = await foldingThere(settings);
  await using judged = await judgedBackup(filesystem, operation, { ...settings, kept, base: UNLIMITED, folding });
  const { reader, archive, threads } = judged;
  const { signal } = operation;
  const { entries } = archive;
  const check = { mode: settings.checkDatabases, signal };
  const { checkable, unchecked } = await findDatabases(reader, entries, check);
  await using place = await placeForDatabases(checkable, settings);
  const written = place ? checkable : [];
  const onProgress = summing(operation.phase("verify", { entriesTotal: entries.length, bytesTotal: archive.size }));
  const apart = new Set(written);
  const others = apart.size > 0 ? entries.filter((entry) => !apart.has(entry)) : entries;
  await verifyEntries(reader, others, { signal, threads, onProgress: onProgress() });
  const options = { ...settings, ...check, threads, onProgress: onProgress() };
  if (place) await verifyDatabases(reader, written, place.path, options);
  const names = place ? unchecked : [...unchecked, ...checkable.map(({ name }) => name)];
  const unread = names.map((name) => ({ name, reason: "database-not-checked" }));
  const { warnings } = reportOf(archive);
  return { ...reportOf(archive), warnings: [...warnings, ...unread] };
}
