import type { ArchiveEntry } from "../archive/format/central-header.ts";
import { type ArchiveLimits, isRecord } from "../archive/judge/judge-archive.ts";
import { readCentralDirectory } from "../archive/judge/read-central-directory.ts";
import { objectSource } from "../archive/object-source.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { UNLIMITED, withLimits } from "./judged-backup.ts";

/** Lists what an archive holds, but for the entry that says what it does not. */
export async function listEntries(
  filesystem: Filesystem,
  key: string,
  { limits, signal }: { readonly limits: Partial<ArchiveLimits>; readonly signal: AbortSignal },
): Promise<readonly ArchiveEntry[]> {
  const source = await objectSource(filesystem, key, { signal });
  const { maxEntries } = withLimits(UNLIMITED, limits);
  const { entries } = await readCentralDirectory(source, { maxEntries: maxEntries + 1, signal });
  return entries.filter((entry) => !isRecord(entry));
}
