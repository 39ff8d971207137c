import { join } from "node:path";

/** The folder of a data directory that belongs to restores: never backed up, never restored into. */
export const RESTORE_FOLDER = ".stowage";

/** The folder in it for entries that appeared during a swap. Nothing here removes them. */
export const LOST_FOLDER = "lost";

/**
 * The state of a restore. The journal's file name says it, so that a change of state is one rename: `swap` goes forward,
 * `undo` back, `done` is to be cleaned up, `kept` keeps the previous content until it is confirmed or rolled back.
 */
export type JournalState = "swap" | "undo" | "done" | "kept";

export const JOURNAL_STATES: readonly JournalState[] = ["swap", "undo", "done", "kept"];

/** Where a restore keeps things. All of it is on the volume of the data directory, because a rename cannot cross volumes. */
export interface RestoreLayout {
  /** `<data>/.stowage` */
  readonly folder: string;
  /** `<data>/.stowage/<id>` */
  readonly work: string;
  /** Content that was staged and checked. */
  readonly staged: string;
  /** Content that was replaced. */
  readonly previous: string;
  /** Entries that appeared during the swap. */
  readonly conflict: string;
  /** Where such entries stay for good. */
  readonly lost: string;
}

export function restoreLayout(dataDir: string, id: string): RestoreLayout {
  const folder = join(dataDir, RESTORE_FOLDER);
  const work = join(folder, id);
  return {
    folder,
    work,
    staged: join(work, "new"),
    previous: join(work, "old"),
    conflict: join(work, "conflict"),
    lost: join(folder, LOST_FOLDER, id),
  };
}

export function journalPath(dataDir: string, state: JournalState): string {
  return join(dataDir, RESTORE_FOLDER, `${state}.json`);
}

/** Where a journal is written before it becomes visible. */
export function draftPath(dataDir: string): string {
  return join(dataDir, RESTORE_FOLDER, "swap.json.tmp");
}
