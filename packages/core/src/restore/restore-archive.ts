import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { ArchiveSource } from "../archive/archive-source.ts";
import { extractEntries } from "../archive/extract-entries.ts";
import type { JudgedArchive } from "../archive/judge-archive.ts";
import type { Disk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import type { ReportProgress } from "../progress.ts";
import { ensureDirectory, existsOnDisk, writeDurably } from "./disk-steps.ts";
import { encodeJournal, type Journal } from "./journal.ts";
import { journalPath, restoreLayout } from "./layout.ts";
import { type PlanOptions, planSwap } from "./plan-swap.ts";
import { changeState, cleanUp } from "./recover.ts";
import { removeIfEmpty, removeTree } from "./remove-tree.ts";
import { prepareSwap, redoSwap, undoSwap } from "./swap.ts";

export interface RestoreOptions
  extends Pick<PlanOptions, "disk" | "dataDir" | "isKept" | "keepsBelowTop" | "sentinel"> {
  readonly key: string;
  readonly signal: AbortSignal;
  readonly onProgress: ReportProgress;
  /** Called when everything is staged and checked. Closes the application's files, runs `swap`, opens them again. */
  aroundSwap(swap: () => Promise<void>): Promise<void>;
}

/**
 * Replaces the content of the data directory by the judged entries of an archive.
 *
 * 1. Stage: the entries are written into `.stowage/<id>/new`, each checked by its CRC, and made durable.
 * 2. Plan: what moves out, what moves in; from here to 5 inside `aroundSwap`, so that the application is quiet.
 * 3. Commit: the journal is written and renamed to `swap.json`. Up to here a crash gives the old data, from here the new.
 * 4. Swap: out, intruders aside, in; made durable after each.
 * 5. Done: the journal is renamed to `done.json`.
 * 6. Clean up.
 *
 * A failure in 1–3 leaves the old data; one in 4 is undone (`SWAP_FAILED`). If that fails too, the journal stays for
 * `recover` (`RECOVERY_REQUIRED`). The signal counts up to the commit.
 */
export async function restoreArchive(
  source: ArchiveSource,
  entries: JudgedArchive["entries"],
  options: RestoreOptions,
): Promise<void> {
  const { disk, dataDir, signal } = options;
  const id = randomUUID();
  const steps: { reached: "staging" | "commit" | "end" } = { reached: "staging" };
  try {
    await stage(source, entries, id, options);
    await options.aroundSwap(async () => {
      signal.throwIfAborted();
      const journal = await commit(id, options);
      steps.reached = "commit";
      const swapped = await swapOrUndo(disk, dataDir, journal);
      steps.reached = "end";
      if (swapped instanceof StowageError) throw swapped;
    });
  } finally {
    if (steps.reached === "staging") await discard(disk, dataDir, id);
    if (steps.reached === "end") await tidy(disk, dataDir, id);
  }
}

/** Removes all that was staged. What cannot be removed, `recover` removes at the next start. */
async function discard(disk: Disk, dataDir: string, id: string): Promise<void> {
  const { folder, work } = restoreLayout(dataDir, id);
  await twice(async () => {
    await removeTree(disk, work);
    await removeIfEmpty(disk, folder);
  });
}

/** Removes what was replaced. What cannot be removed, `recover` removes at the next start. */
async function tidy(disk: Disk, dataDir: string, id: string): Promise<void> {
  await twice(() => cleanUp(disk, dataDir, id));
}

async function twice(action: () => Promise<void>): Promise<void> {
  await action()
    .catch(action)
    .catch(() => {});
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

async function commit(id: string, options: RestoreOptions): Promise<Journal> {
  const { disk, dataDir, key } = options;
  const layout = restoreLayout(dataDir, id);
  const roots = await planSwap({ ...options, staged: layout.staged });
  const journal: Journal = { version: 1, id, createdAt: new Date().toISOString(), key, roots };
  await prepareSwap(disk, dataDir, journal);
  const draft = join(layout.work, "journal");
  await writeDurably(disk, draft, encodeJournal(journal));
  await disk.rename(draft, journalPath(dataDir, "swap")).catch(async (error: unknown) => {
    // Over a network a rename may happen and still fail. What is visible is committed.
    if (!(await existsOnDisk(disk, journalPath(dataDir, "swap")))) throw error;
  });
  return journal;
}

/** Ends with the new data, or returns the error after which the old data is back. `RECOVERY_REQUIRED` if neither can be had. */
async function swapOrUndo(disk: Disk, dataDir: string, journal: Journal): Promise<StowageError | undefined> {
  const { folder } = restoreLayout(dataDir, journal.id);
  try {
    await disk.syncDirectory(folder);
    await redoSwap(disk, dataDir, journal);
    await disk.rename(journalPath(dataDir, "swap"), journalPath(dataDir, "done"));
  } catch (cause) {
    await undo(disk, dataDir, journal, cause);
    return new StowageError("SWAP_FAILED", "the data could not be replaced; the old data is in place", { cause });
  }
  // All content is durable by now. Without this, recovery after a power cut finds `swap.json` and nothing left to move.
  await disk.syncDirectory(folder).catch(() => {});
  return undefined;
}

async function undo(disk: Disk, dataDir: string, journal: Journal, cause: unknown): Promise<void> {
  try {
    await changeState(disk, dataDir, "swap", "undo");
    await undoSwap(disk, dataDir, journal);
    await changeState(disk, dataDir, "undo", "done");
  } catch (error) {
    const message = "the data could not be replaced, nor could that be undone; recover() must run before it is used";
    throw new StowageError("RECOVERY_REQUIRED", message, { cause: new AggregateError([cause, error]) });
  }
}
