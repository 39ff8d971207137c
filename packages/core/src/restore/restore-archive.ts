import { randomUUID } from "node:crypto";
import type { ArchiveSource } from "../archive/archive-source.ts";
import { extractEntries } from "../archive/extract-entries.ts";
import type { JudgedArchive } from "../archive/judge-archive.ts";
import type { ReportProgress } from "../progress.ts";
import { ensureDirectory } from "./disk-steps.ts";
import { restoreLayout } from "./layout.ts";
import { performSwap, tidy } from "./perform-swap.ts";
import { type PlanOptions, planSwap } from "./plan-swap.ts";

export interface RestoreOptions
  extends Pick<PlanOptions, "disk" | "dataDir" | "isKept" | "keepsBelowTop" | "sentinel"> {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly onProgress: ReportProgress;
  /** Whether what is replaced is kept until `confirmRestore` or `rollBack`. */
  readonly keepPrevious: boolean;
  /** Called when everything is staged and checked. Closes the application's files, runs `swap`, opens them again. */
  aroundSwap(swap: () => Promise<void>): Promise<void>;
}

/**
 * Replaces the content of the data directory by the judged entries of an archive.
 *
 * 1. Stage: the entries are written into `.stowage/<id>/new`, each checked by its CRC, and made durable.
 * 2. Plan: what moves out, what moves in; from here to 5 inside `aroundSwap`, so that the application is quiet.
 * 3. Commit: the journal is written and renamed to `swap.json`. Up to here a crash gives the old data, from here the new.
 * 4. Swap: out and intruders aside, then in; made durable after each.
 * 5. Done: the journal is renamed to `done.json`, or to `kept.json`, durably, before anybody is told.
 * 6. Clean up.
 *
 * A failure in 1–3 leaves the old data; one in 4 or 5 is undone (`SWAP_FAILED`). If that fails too, the journal stays for
 * `recover` (`RECOVERY_REQUIRED`). The signal counts up to the commit.
 */
export async function restoreArchive(
  source: ArchiveSource,
  entries: JudgedArchive["entries"],
  options: RestoreOptions,
): Promise<void> {
  const { disk, dataDir, signal, key, keepPrevious } = options;
  const id = randomUUID();
  const { staged } = restoreLayout(dataDir, id);
  try {
    await stage(source, entries, id, options);
    await options.aroundSwap(async () => {
      signal.throwIfAborted();
      const roots = await planSwap({ ...options, staged });
      const createdAt = new Date().toISOString();
      await performSwap(disk, dataDir, { version: 1, id, createdAt, key, roots, keepPrevious });
    });
  } finally {
    await tidy(disk, dataDir, id);
  }
}

async function stage(
  source: ArchiveSource,
  entries: JudgedArchive["entries"],
  id: string,
  { disk, dataDir, signal, onProgress }: RestoreOptions,
): Promise<void> {
  const { folder, work, staged } = restoreLayout(dataDir, id);
  await ensureDirectory(disk, folder);
  await disk.makeDirectory(work);
  await disk.makeDirectory(staged);
  await extractEntries(source, entries, { directory: staged, disk, signal, onProgress, durable: true });
  await disk.syncDirectory(dataDir);
}
