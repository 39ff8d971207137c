import { dirname, join } from "node:path";
import type { Disk } from "../disk/disk.ts";
import { ensureDirectory, readWholeFile, writeDurably } from "../disk/disk-steps.ts";
import { errnoOf } from "../disk/errno-of.ts";
import { makeDirectories } from "../disk/make-directories.ts";
import { removeFileIfPresent } from "../disk/remove-tree.ts";
import { messageOf } from "../message-of.ts";
import { decodeRecord, encodeRecord, type HistoryRecord } from "./history-record.ts";

const NAME = "history.jsonl";
const DRAFT = `${NAME}.tmp`;

/** Whether a name in the folder of the history is of it. */
export function isHistory(name: string): boolean {
  return name === NAME || name === DRAFT;
}

/** The most records that are kept. */
export const MAX_RECORDS = 500;
const MAX_WARNINGS = 10;
const MAX_FILE_SIZE = 16 * 1024 * 1024;

export interface HistoryPlace {
  readonly disk: Disk;
  readonly dataDir: string;
  /** The folder of the file. It is made if it is missing, but not the data directory, which may be on a volume that is not mounted. */
  readonly stateDir: string;
}

/**
 * What the operations on a data directory were and how they ended: the newest 500, a line of JSON each, oldest first, in one file that
 * is replaced durably. What cannot be written is a warning of the process, once, and fails nothing. Several processes may share
 * the file: each reads it before it writes; of two that write at the same moment one may lose its record.
 */
export class History {
  readonly #place: HistoryPlace;
  #writing: Promise<void> = Promise.resolve();
  #hasWarned = false;

  constructor(place: HistoryPlace) {
    this.#place = place;
  }

  /** Reads the records, oldest first. None if there is no file, or if it cannot be read. */
  async read(): Promise<HistoryRecord[]> {
    return (await this.#records()) ?? [];
  }

  /** Undefined if they cannot be read, so that nothing is written over them. */
  async #records(): Promise<HistoryRecord[] | undefined> {
    const { disk, stateDir } = this.#place;
    try {
      await assertFolder(disk, stateDir);
      const bytes = await readWholeFile(disk, this.#path, MAX_FILE_SIZE);
      return bytes
        .toString("utf8")
        .split("\n")
        .flatMap((line) => decodeRecord(line) ?? []);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return [];
      this.#warn("read", error);
      return undefined;
    }
  }

  /** Adds a record, in place of that of the beginning of the same operation. */
  async put(record: HistoryRecord): Promise<void> {
    const put = this.#writing.then(() => this.#replace(record));
    this.#writing = put;
    await put;
  }

  async #replace(record: HistoryRecord): Promise<void> {
    const known = await this.#records();
    if (!known) return;
    const others = known.filter((other) => !isBeginningOf(other, record));
    const kept = worthKeeping([...others, { ...record, warnings: record.warnings.slice(0, MAX_WARNINGS) }]);
    try {
      await this.#write(kept.map(encodeRecord).join(""));
    } catch (error) {
      this.#warn("written", error);
    }
  }

  async #write(text: string): Promise<void> {
    const { disk, dataDir, stateDir } = this.#place;
    if (dirname(stateDir) !== dataDir) await makeDirectories(dirname(stateDir));
    await ensureDirectory(disk, stateDir);
    await assertFolder(disk, stateDir);
    const draft = join(stateDir, DRAFT);
    await removeFileIfPresent(disk, draft); // of a process that was killed
    await writeDurably(disk, draft, Buffer.from(text));
    await disk.rename(draft, this.#path);
    await disk.syncDirectory(stateDir);
  }

  get #path(): string {
    return join(this.#place.stateDir, NAME);
  }

  #warn(what: string, error: unknown): void {
    if (this.#hasWarned || errnoOf(error) === "ENOENT") return; // there is no data directory yet
    this.#hasWarned = true;
    const message = `the history in ${this.#path} cannot be ${what}: ${messageOf(error)}; stateDir can lie elsewhere, and history: false keeps none`;
    process.emitWarning(message, { type: "StowageWarning", code: "STOWAGE_NO_HISTORY" });
  }
}

/** What lies behind a link is somebody else's: it is neither read nor written. */
async function assertFolder(disk: Disk, path: string): Promise<void> {
  if ((await disk.lstat(path)).isDirectory()) return;
  throw Object.assign(new Error(`${path} is no directory`), { code: "ELOOP" });
}

function isBeginningOf(begun: HistoryRecord, { operation, startedAt }: HistoryRecord): boolean {
  const isUnderWay = begun.finishedAt === undefined && begun.operation === operation;
  return isUnderWay && begun.startedAt.getTime() === startedAt.getTime();
}

/** The newest, and of those before them the last check of each backup and the last of each kind: what they say holds until something newer does. */
function worthKeeping(records: readonly HistoryRecord[]): HistoryRecord[] {
  const newest = records.slice(-MAX_RECORDS);
  const seen = new Set(newest.flatMap(marksOf));
  const older: HistoryRecord[] = [];
  for (const record of records.slice(0, -MAX_RECORDS).toReversed()) {
    const marks = marksOf(record);
    if (older.length < MAX_RECORDS && marks.some((mark) => !seen.has(mark))) older.unshift(record);
    for (const mark of marks) seen.add(mark);
  }
  return [...older, ...newest];
}

function marksOf({ operation, key }: HistoryRecord): string[] {
  const isCheck = operation === "verify" || operation === "drill";
  return isCheck ? [operation, `check ${key}`] : [operation];
}
