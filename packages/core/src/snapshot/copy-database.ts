import { lstat } from "node:fs/promises";
import { raceAbort } from "../abort.ts";
import { pathOf } from "../archive/create/walk-directory.ts";
import type { Disk } from "../disk/disk.ts";
import { errnoOf } from "../disk/errno-of.ts";
import type { FileIdentity } from "../disk/open-files.ts";
import { removeFileIfPresent } from "../disk/remove-tree.ts";
import { abortError, StowageError } from "../errors.ts";
import { messageOf } from "../message-of.ts";
import type { DatabaseSource } from "./databases-option.ts";
import { movedError } from "./file-in-place.ts";
import type { HelperProcess } from "./helper-process.ts";
import { lookIn } from "./look-in.ts";
import type { PlannedDatabase } from "./plan-snapshot.ts";

/** What says nothing about the database, which a copy of the file may still save. */
const NOT_THROUGH_SQLITE: ReadonlySet<unknown> = new Set(["NO_BINDING", "CANTOPEN", "DAMAGED", "SQLITE_ERROR"]);

export const WAYS_OUT =
  "run Node 22.16 or newer, install better-sqlite3, hand a connection over (databases: { name: connection }), " +
  'leave it out (exclude), or accept the risk (databases: "copy")';

/** How often a database is copied whose file is replaced meanwhile. */
const ATTEMPTS = 2;

/** What became of a copy: all is well, SQLite calls it damaged, or there is nothing to copy any more. */
export type Outcome = "copied" | "damaged" | "vanished";

export interface CopyOptions {
  readonly root: string;
  readonly disk: Disk;
  readonly signal: AbortSignal;
  /** Where the copy goes. Nothing lies there. */
  readonly to: string;
  /** What the application copies it with. */
  readonly own: DatabaseSource | undefined;
  /** How long a lock is waited for, in milliseconds. */
  readonly lockWaitMs: number;
  /** Tells which file lies in its place; nothing if it is gone. Throws `SOURCE_CHANGED` if that is no place of the walk. */
  fileInPlace(): Promise<FileIdentity | undefined>;
  startHelper(): HelperProcess;
  onProgress(share: number): void;
}

/**
 * Copies a database in one consistent state: by what the application handed over, by SQLite in the helper, or, where that cannot
 * be and nobody uses it, as a file. Says what is to be reported: "damaged", or "vanished" without a copy.
 * `SOURCE_CHANGED` if it was not the file that the walk saw, or one in its place: `fileInPlace`.
 * `DATABASE_IN_USE` if none of these goes, and after `lockWaitMs` behind a lock. `SOURCE_UNREADABLE` if it is damaged and in use.
 */
export async function copyDatabase(planned: PlannedDatabase, options: CopyOptions): Promise<Outcome> {
  const { entry, isOpaque } = planned;
  if (options.own) return copyByOwner(entry.name, options.own, options);
  if (isOpaque) throw inUse(entry.name, "it has a log or a journal and no header of SQLite: it may be encrypted");
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const outcome = await copyInPlace(planned, options);
    if (outcome !== "moved") return outcome;
    await removeCopy(options);
  }
  throw movedError(entry.name);
}

/** SQLite opens by path: what it copied counts only if the path led to the same file before, meanwhile and afterwards. */
async function copyInPlace(planned: PlannedDatabase, options: CopyOptions): Promise<Outcome | "moved"> {
  const identity = await options.fileInPlace();
  if (!identity) return "vanished";
  try {
    const outcome = await copyWhatLiesThere(planned, identity, options);
    const after = await options.fileInPlace();
    return after === undefined || (after.dev === identity.dev && after.ino === identity.ino) ? outcome : "moved";
  } catch (error) {
    if (errnoOf(error) === "MOVED") return "moved";
    throw error;
  }
}

async function copyWhatLiesThere(
  planned: PlannedDatabase,
  identity: FileIdentity,
  options: CopyOptions,
): Promise<Outcome> {
  try {
    await copyThroughSqlite(planned, identity, options);
    return "copied";
  } catch (error) {
    if (errnoOf(error) === "MOVED") throw error;
    if (!NOT_THROUGH_SQLITE.has(errnoOf(error))) throw translated(planned.entry.name, error, options);
    return copyAsFile(planned, { reason: error, identity }, options);
  }
}

async function copyByOwner(name: string, own: DatabaseSource, { to, signal, disk }: CopyOptions): Promise<"copied"> {
  try {
    await raceAbort(Promise.resolve(own.backup(to)), signal);
    if ((await disk.lstat(to)).isFile()) return "copied";
    throw new Error("it made no file");
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    const why = messageOf(error);
    throw new StowageError("SOURCE_UNREADABLE", `databases: ${JSON.stringify(name)}: backup(path) failed: ${why}`, {
      cause: error,
    });
  }
}

async function copyThroughSqlite(
  { entry }: PlannedDatabase,
  identity: FileIdentity,
  options: CopyOptions,
): Promise<void> {
  const { root, to, lockWaitMs, startHelper, onProgress } = options;
  const from = pathOf(root, entry.name);
  await startHelper().run(
    { kind: "copy", from, to, identity, lookIn: lookIn(), waitMs: lockWaitMs },
    { onProgress: ({ done, total }) => onProgress(total > 0 ? done / total : 1), extraMs: lockWaitMs },
  );
}

async function copyAsFile(
  { entry, isOpenHere }: PlannedDatabase,
  { reason, identity }: { reason: unknown; identity: FileIdentity },
  options: CopyOptions,
): Promise<Outcome> {
  const { root, to, startHelper } = options;
  const from = pathOf(root, entry.name);
  if (await isGone(from)) return "vanished";
  await removeCopy(options);
  if (isOpenHere) throw refused(entry.name, reason);
  try {
    await startHelper().run({ kind: "copy-quiet", from, to, identity }, { extraMs: entry.size / 1000 });
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return "vanished";
    if (errnoOf(error) === "MOVED") throw error;
    throw errnoOf(error) === "IN_USE" ? refused(entry.name, reason) : translated(entry.name, error, options);
  }
  return errnoOf(reason) === "DAMAGED" ? "damaged" : "copied";
}

async function removeCopy({ disk, to }: CopyOptions): Promise<void> {
  for (const path of [to, `${to}-journal`]) await removeFileIfPresent(disk, path);
}

async function isGone(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (error: unknown) => errnoOf(error) === "ENOENT",
  );
}

/** A database that is in use, and that SQLite could not copy for this reason. */
function refused(name: string, reason: unknown): StowageError {
  const why = messageOf(reason);
  if (errnoOf(reason) !== "DAMAGED") return inUse(name, why, reason);
  return new StowageError("SOURCE_UNREADABLE", `${JSON.stringify(name)} is damaged, says SQLite: ${why}`, {
    cause: reason,
  });
}

function inUse(name: string, why: string, cause?: unknown): StowageError {
  const message = `${JSON.stringify(name)} is in use and cannot be copied: ${why}; ${WAYS_OUT}`;
  return new StowageError("DATABASE_IN_USE", message, cause === undefined ? {} : { cause });
}

function translated(name: string, error: unknown, { lockWaitMs }: CopyOptions): unknown {
  const code = errnoOf(error);
  if (error instanceof StowageError || !(error instanceof Error)) return error;
  if (code === "ENOSPC" || code === "EDQUOT") return error; // of the place of the copy
  if (code !== "LOCKED") {
    const message = `cannot copy ${JSON.stringify(name)}: ${error.message}`;
    return new StowageError("SOURCE_UNREADABLE", message, { cause: error });
  }
  const message = `${JSON.stringify(name)} stayed locked for ${lockWaitMs / 1000} s, so that it cannot be copied`;
  return new StowageError("DATABASE_IN_USE", message, { cause: error, retryable: true });
}
