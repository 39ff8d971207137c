import { join } from "node:path";

/** The folder of a data directory, and of a mount below it, that belongs to restores: never backed up, never restored into. */
export const RESTORE_FOLDER = ".stowage";

/** The folder in it for entries that appeared during a swap. Nothing here removes them. */
export const LOST_FOLDER = "lost";

/**
 * The state of a restore. The journal's file name says it, so that a change of state is one rename: `swap` goes forward,
 * `undo` back, `done` is to be cleaned up, `kept` keeps the previous content until it is confirmed or rolled back.
 */
export type JournalState = "swap" | "undo" | "done" | "kept";

export const JOURNAL_STATES: readonly JournalState[] = ["swap", "undo", "done", "kept"];

/** Where a restore keeps things on one volume, that of the data directory or of a mount below it. A rename cannot cross volumes. */
export interface RestoreLayout {
  /** The data directory, or the mount. */
  readonly volume: string;
  /** `<volume>/.stowage` */
  readonly folder: string;
  /** `<volume>/.stowage/<id>` */
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

export function restoreLayout(volume: string, id: string): RestoreLayout {
  const folder = join(volume, RESTORE_FOLDER);
  const work = join(folder, id);
  return {
    volume,
    folder,
    work,
    staged: join(work, "new"),
    previous: join(work, "old"),
    conflict: join(work, "conflict"),
    lost: join(folder, LOST_FOLDER, id),
  };
}

export function journalName(state: JournalState): string {
  return `${state}.json`;
}

export function journalPath(dataDir: string, state: JournalState): string {
  return join(dataDir, RESTORE_FOLDER, journalName(state));
}

/** The name of a journal before it becomes visible. */
export const DRAFT_NAME = "swap.json.tmp";

export function draftPath(dataDir: string): string {
  return join(dataDir, RESTORE_FOLDER, DRAFT_NAME);
}
