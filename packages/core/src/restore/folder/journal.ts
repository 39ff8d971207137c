import { createHash } from "node:crypto";
import type { Disk } from "../../disk/disk.ts";
import { readWholeFile } from "../../disk/disk-steps.ts";
import { StowageError } from "../../errors.ts";
import { JOURNAL_STATES, type JournalState, journalName, journalPath, RESTORE_FOLDER } from "./layout.ts";
import { namesInFolder } from "./own-folder.ts";

/** A directory whose children are swapped one by one. */
export interface SwapRoot {
  /** Relative to the data directory; "" for itself. */
  readonly dir: string;
  /** The mount below the data directory that holds it; left out where that is the data directory's own volume. */
  readonly mount?: string;
  /** Children that move out, in this order. */
  readonly out: readonly string[];
  /** Children that move in, in this order. */
  readonly in: readonly string[];
  /** Children that stay where they are. */
  readonly keep: readonly string[];
}

/** Everything that a restore needs to be finished or undone by another process. */
export interface Journal {
  readonly version: 1;
  readonly id: string;
  readonly createdAt: string;
  /** The archive's key. */
  readonly key: string;
  readonly roots: readonly SwapRoot[];
  /** Whether the previous content is kept at the end. */
  readonly keepPrevious?: boolean;
  /** Whether this swap brings the kept content back: `old` goes in and what was in place goes to `new`. */
  readonly isRollback?: boolean;
}

const MAX_JOURNAL_SIZE = 256 * 1024 * 1024;

/** The bytes of a journal: a line with the SHA-256 of the rest, then JSON. */
export function encodeJournal(journal: Journal): Buffer {
  const body = JSON.stringify(journal);
  const bytes = Buffer.from(`${sha256(body)}\n${body}\n`);
  if (bytes.length <= MAX_JOURNAL_SIZE) return bytes;
  throw new StowageError("SWAP_FAILED", "there are too many entries to move; nothing was touched");
}

/** The state that the journal's file name says; none without a journal. */
export async function readState(disk: Disk, dataDir: string): Promise<JournalState | undefined> {
  const names = await namesInFolder(disk, dataDir); // at once: another process may rename meanwhile
  const states = JOURNAL_STATES.filter((state) => names.includes(journalName(state)));
  if (states.length > 1) throw corrupt(dataDir, `both ${states.join(" and ")} exist`);
  return states[0];
}

/** The journal that lies in a data directory, and its state. Throws `JOURNAL_CORRUPT` if it cannot be trusted. */
export async function readJournal(
  disk: Disk,
  dataDir: string,
): Promise<{ state: JournalState; journal: Journal } | undefined> {
  const state = await readState(disk, dataDir);
  if (state === undefined) return undefined;
  const bytes = await readWholeFile(disk, journalPath(dataDir, state), MAX_JOURNAL_SIZE);
  return { state, journal: decodeJournal(bytes.toString("utf8"), dataDir) };
}

function decodeJournal(text: string, dataDir: string): Journal {
  const newline = text.indexOf("\n");
  const body = text.slice(newline + 1, -1);
  if (newline !== 64 || text.slice(0, newline) !== sha256(body)) throw corrupt(dataDir, "the checksum is wrong");
  const journal = JSON.parse(body) as Journal;
  if (journal.version !== 1) throw corrupt(dataDir, `version ${String(journal.version)} is unknown`);
  return journal;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function corrupt(dataDir: string, why: string): StowageError {
  const message = `the journal of an interrupted restore in ${dataDir}/${RESTORE_FOLDER} cannot be read: ${why}`;
  return new StowageError("JOURNAL_CORRUPT", message, { operation: "recover" });
}
