import type { ArchiveReason } from "../../../src/archive/format/invalid-archive.ts";

/** What becomes of an archive: restored, restored with `names: "lenient"` alone, or refused for this reason. */
export type Outcome = "restored" | "lenient" | ArchiveReason;

/** One way in which a program writes an archive. */
export interface Form {
  /** Words that tell it from the others of its program. */
  readonly title: string;
  /** For `sh`, in the directory that is packed: `$1` is the archive, `$PROGRAMS` this folder, `$LIBRARIES` what CI installs. */
  readonly script: string;
  readonly outcome: Outcome;
  /**
   * What is said of names that are not ASCII, where it is not plainly bit 11: nothing by Unix ("unflagged"); bit 11 by DOS ("dos"); nothing
   * by DOS, at least of some ("guessed"), which makes warnings `name-guessed`.
   */
  readonly names?: "unflagged" | "dos" | "guessed";
}

/** A program or library that writes zip archives. */
export interface Writer {
  readonly name: string;
  /** For `sh`: exits with 0 where the program is there. */
  readonly there: string;
  /** Whether CI installs it: then it must be there. */
  readonly isInCi?: boolean;
  readonly forms: readonly Form[];
}

type Traits = Omit<Form, "title" | "script" | "outcome">;

/** Makes a form; without an outcome it is restored. */
export function form(title: string, script: string, outcome: Outcome = "restored", traits: Traits = {}): Form {
  return { title, script, outcome, ...traits };
}
