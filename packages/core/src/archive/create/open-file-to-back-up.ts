import type { Stats } from "node:fs";
import { type Awaitable, isLater, later, type Steps, step } from "../../concurrency/steps.ts";
import { closeQuietly, type ReadableFile, type ThreadDisk } from "../../disk/disk.ts";
import { StowageError } from "../../errors.ts";
import { reasonOfMode, type SkippedEntry } from "../skipped-entry.ts";
import type { OnChanged } from "./file-change.ts";
import { pathOf, type WalkedEntry } from "./walk-directory.ts";

export interface BackUpOptions {
  /** The directory of the walk. */
  readonly root: string;
  /** Where that lies, without any link. */
  readonly realRoot: string;
  readonly disk: Pick<ThreadDisk, "lstat" | "realPath" | "openFile">;
  /** Whether a file that cannot be read fails the backup or is left out and reported. */
  readonly onUnreadable: "fail" | "skip";
  /** What becomes of a file that changes each time it is read. "fail" when left out. */
  readonly onChanged?: OnChanged | undefined;
  /** Tells of a file that took a name since the walk whether its directory is the same. Without it none is taken. */
  readonly directories?: { isParentSame(entry: WalkedEntry): Awaitable<boolean> } | undefined;
  /** Where files are read that this process opened since the walk. */
  readonly guard?: OpeningGuard | undefined;
  /** Entries whose bytes do not come from where they lie. */
  readonly substitutes?: Substitutes | undefined;
}

/** Keeps files from being opened here that this process has open: its locks on them would fall when they are closed. */
export interface OpeningGuard {
  isOpenHere(file: Pick<WalkedEntry, "dev" | "ino">): boolean;
  /** Opens a file in another process. */
  openElsewhere(name: string): Awaitable<ReadableFile>;
}

/** What opens the bytes of an entry, by its name, instead of opening it where it lies. */
export type Substitutes = ReadonlyMap<string, () => Awaitable<ReadableFile>>;

/** A file to back up, open, with what `stat` said right after. */
export interface FileToBackUp {
  readonly file: ReadableFile;
  readonly opened: Stats;
}

/**
 * Opens a file to back up. A file that was deleted since the walk, looked for twice, or that is no regular file any more comes
 * back as skipped: nothing of it can be lost. One that cannot be read is `SOURCE_UNREADABLE`, or skipped by option. One that is
 * neither the file that the walk saw nor in its place, in the directory that the walk saw, twice, is `SOURCE_CHANGED`: a directory
 * above it leads elsewhere, or is another.
 */
export function* openFileToBackUp(entry: WalkedEntry, options: BackUpOptions): Steps<FileToBackUp | SkippedEntry> {
  try {
    for (let attempt = 1; attempt <= OPEN_ATTEMPTS; attempt += 1) {
      const opening = openAnywhere(entry, options);
      const file = isLater(opening) ? yield* later(opening) : opening;
      const found = yield* lookAt(file, entry, options);
      if (found !== "elsewhere") return found;
    }
  } catch (error) {
    return skippedOrThrow(error, entry, options);
  }
  const message = `${JSON.stringify(entry.name)} is another file than before, and not in the same directory: one was swapped; back it up while nobody does so`;
  throw new StowageError("SOURCE_CHANGED", message);
}

/** Says whether an open file is the one that the walk saw. Numbers that may have been rounded prove nothing. */
export function isSameFile(
  opened: Pick<Stats, "dev" | "ino">,
  { dev, ino }: Pick<WalkedEntry, "dev" | "ino">,
): boolean {
  return opened.ino === ino && opened.dev === dev && Number.isSafeInteger(ino);
}

/** Runs the reading of an open file, translates what it throws, and closes the file. */
export function* readAndClose<Result>(
  { file }: FileToBackUp,
  { entry, options }: { entry: WalkedEntry; options: BackUpOptions },
  read: () => Steps<Result>,
): Steps<Result | SkippedEntry> {
  try {
    return yield* read();
  } catch (error) {
    return skippedOrThrow(error, entry, options);
  } finally {
    const closing = closeQuietly(file);
    if (isLater(closing)) yield* later(closing);
  }
}

const OPEN_ATTEMPTS = 2;
/** Errors of the process or of the machine, which say nothing about the file. */
const NOT_OF_THE_FILE: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"]);
const VANISHED: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR"]);

/** Decides what an error of the disk means for one file. */
export function skippedOrThrow(
  error: unknown,
  { name }: WalkedEntry,
  { onUnreadable }: Pick<BackUpOptions, "onUnreadable">,
): SkippedEntry {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (error instanceof StowageError || code === undefined) throw error;
  if (VANISHED.has(code)) return { name, reason: "vanished" };
  if (code === "ELOOP") return { name, reason: "symlink" };
  if (code === "ENXIO") return { name, reason: "socket" };
  if (onUnreadable === "skip" && !NOT_OF_THE_FILE.has(code)) return { name, reason: "unreadable" };
  throw new StowageError("SOURCE_UNREADABLE", `cannot read ${JSON.stringify(name)}: ${code}`, { cause: error });
}

function openAnywhere(entry: WalkedEntry, { root, disk, substitutes, guard }: BackUpOptions): Awaitable<ReadableFile> {
  const substitute = substitutes?.get(entry.name);
  if (substitute) return substitute();
  if (guard?.isOpenHere(entry)) return guard.openElsewhere(entry.name);
  return openTwice(pathOf(root, entry.name), disk);
}

/** An editor that saves by delete and rename leaves a gap. */
function openTwice(path: string, disk: BackUpOptions["disk"]): Awaitable<ReadableFile> {
  const again = (error: unknown) => {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing) throw error;
    return disk.openFile(path);
  };
  try {
    const opening = disk.openFile(path);
    return isLater(opening) ? opening.catch(again) : opening;
  } catch (error) {
    return again(error);
  }
}

/** What was opened, or why it is skipped. Closes what is not to be read. */
function* lookAt(
  file: ReadableFile,
  entry: WalkedEntry,
  options: BackUpOptions,
): Steps<FileToBackUp | SkippedEntry | "elsewhere"> {
  let isWanted = false;
  try {
    const found = file.stat();
    const opened = isLater(found) ? yield* later(found) : found;
    if (!opened.isFile()) {
      return { name: entry.name, reason: opened.isDirectory() ? "vanished" : reasonOfMode(opened.mode) };
    }
    isWanted = isSameFile(opened, entry) || (yield* isInPlace({ file, opened }, entry, options));
    return isWanted ? { file, opened } : "elsewhere";
  } finally {
    if (!isWanted) yield* step(closeQuietly(file));
  }
}

/** Another file than the walk saw is right in the same place of the same directory: many programs save by renaming. */
function* isInPlace(
  { file, opened }: FileToBackUp,
  entry: WalkedEntry,
  { root, realRoot, disk, directories }: BackUpOptions,
): Steps<boolean> {
  if (!directories || !(yield* step(directories.isParentSame(entry)))) return false;
  const expected = pathOf(realRoot, entry.name);
  const place = yield* realPathIfTold(file);
  if (place !== undefined) return place === expected || place === `${expected} (deleted)`; // replaced once more
  const path = pathOf(root, entry.name);
  return (yield* step(disk.realPath(path))) === expected && isSameFile(opened, yield* step(disk.lstat(path)));
}

function* realPathIfTold(file: ReadableFile): Steps<string | undefined> {
  try {
    return file.realPath && (yield* step(file.realPath()));
  } catch {
    return undefined;
  }
}
