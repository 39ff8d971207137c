import type { ArchiveEntry } from "../archive/format/central-header.ts";
import { isListed } from "../archive/judge/judge-archive.ts";
import { readCentralDirectory } from "../archive/judge/read-central-directory.ts";
import { objectReader } from "../archive/object-reader.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { UNLIMITED, withLimits } from "./judged-backup.ts";
import type { Operation } from "./operations/operations.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";

/** Lists what an archive holds, but for the entry that says what it does not. */
export async function listEntries(
  filesystem: Filesystem,
  { key, signal }: Pick<Operation, "key" | "signal">,
  { limits, names }: Pick<ManagerSettings, "limits" | "names">,
): Promise<readonly ArchiveEntry[]> {
  const reader = await objectReader(filesystem, key, { signal });
  const { maxEntries } = withLimits(UNLIMITED, limits);
  const { entries } = await readCentralDirectory(reader, { maxEntries: maxEntries + 1, names, signal });
  return entries.filter(isListed);
}
