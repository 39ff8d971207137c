import { StowageError } from "../errors.ts";
import type { Copy } from "../filesystem/copy.ts";
import { destinationsOf } from "../filesystem/destinations-of.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import type { SignalOption } from "../filesystem/filesystem-options.ts";
import { allFailed } from "../filesystem/mirrored/mirror-destination.ts";
import { listBackups, newestFirst } from "./list-backups.ts";
import type { BackupInfo } from "./settings/manager-options.ts";

export interface ListBackupsOptions extends SignalOption {
  /**
   * Called when destinations of a mirrored filesystem cannot be listed, each with its error: what only they have is not shown then. Left
   * out, the list fails. It also fails if none can be listed.
   */
  readonly onPartial?: ((unseen: readonly Copy[]) => void) | undefined;
}

interface ListOptions {
  readonly signal: AbortSignal;
  readonly onPartial: ListBackupsOptions["onPartial"];
}

/** Lists the backups, newest first, and of a mirrored filesystem also those that show while a destination cannot be listed. */
export async function listWhatShows(filesystem: Filesystem, { signal, onPartial }: ListOptions): Promise<BackupInfo[]> {
  const destinations = onPartial && destinationsOf(filesystem);
  if (!destinations) return listBackups(filesystem, { signal });
  const listed = await Promise.allSettled(destinations.map((each) => listBackups(each.filesystem, { signal })));
  const unseen: Copy[] = [];
  const found = new Map<string, BackupInfo>();
  for (const [index, { name }] of destinations.entries()) {
    const outcome = listed[index];
    if (outcome?.status === "rejected") unseen.push({ name, error: errorOf(outcome.reason, signal) });
    for (const info of outcome?.status === "fulfilled" ? outcome.value : []) {
      if (!found.has(info.key)) found.set(info.key, info); // as the first that has it describes it
    }
  }
  if (unseen.length === destinations.length) throw allFailed(unseen.flatMap(({ error }) => error ?? []));
  if (unseen.length > 0) onPartial(unseen);
  return [...found.values()].sort(newestFirst);
}

function errorOf(reason: unknown, signal: AbortSignal): StowageError {
  if (reason instanceof StowageError && !signal.aborted) return reason;
  throw reason;
}
