import { join } from "node:path";

/** The folder of a data directory that belongs to restores: never backed up, never restored into. */
export const RESTORE_FOLDER = ".stowage";

/** The state of an interrupted restore. The journal's file name says it, so that a change of state is one rename. */
export type JournalState = "swap" | "undo" | "done";

export const JOURNAL_STATES: readonly JournalState[] = ["swap", "undo", "done"];

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
    lost: join(folder, "lost", id),
  };
}

export function journalPath(dataDir: string, state: JournalState): string {
  return join(dataDir, RESTORE_FOLDER, `${state}.json`);
}
