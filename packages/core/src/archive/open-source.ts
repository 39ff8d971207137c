import type { Stats } from "node:fs";
import type { ReadableFile } from "../disk.ts";
import { StowageError } from "../errors.ts";
import { reasonOfMode, type SkippedEntry } from "./skipped-entry.ts";
import type { OnChanged } from "./source-change.ts";
import { pathOf, type SourceEntry } from "./walk-directory.ts";

export interface SourceOptions {
  /** The directory of the walk. */
  readonly root: string;
  readonly disk: { openFile(path: string): Promise<ReadableFile> };
  /** Whether a file that cannot be read fails the backup or is left out and reported. */
  readonly onUnreadable: "fail" | "skip";
  /** What becomes of a file that changes each time it is read. "fail" when left out. */
  readonly onChanged?: OnChanged | undefined;
  /** Entries whose bytes do not come from where they lie. */
  readonly substitutes?: Substitutes | undefined;
}

/** What opens the bytes of an entry, by its name, instead of opening it where it lies. */
export type Substitutes = ReadonlyMap<string, () => Promise<ReadableFile>>;

/** A file to back up, open, with what `stat` said right after. */
export interface OpenedSource {
  readonly file: ReadableFile;
  readonly opened: Stats;
}

/**
 * Opens a file to back up. A file that was deleted since the walk, looked for twice, or that is no regular file any more comes
 * back as skipped: nothing of it can be lost. One that cannot be read is `SOURCE_UNREADABLE`, or skipped by option.
 */
export async function openSource(entry: SourceEntry, options: SourceOptions): Promise<OpenedSource | SkippedEntry> {
  try {
    const path = pathOf(options.root, entry.name);
    const file = await (options.substitutes?.get(entry.name)?.() ?? openTwice(path, options.disk));
    return await describe(file, entry);
  } catch (error) {
    return skippedOrThrow(error, entry, options);
  }
}

/** Runs the reading of an open file, translates what it throws, and closes the file. */
export async function readingSource<Result>(
  { file }: OpenedSource,
  { entry, options }: { entry: SourceEntry; options: SourceOptions },
  read: () => Promise<Result>,
): Promise<Result | SkippedEntry> {
  try {
    return await read();
  } catch (error) {
    return skippedOrThrow(error, entry, options);
  } finally {
    await closeSource(file);
  }
}

/** Closes a file that was only read: there is nothing that a failure could lose. */
export async function closeSource(file: ReadableFile): Promise<void> {
  await file.close().catch(() => {});
}

/** Errors of the process or of the machine, which say nothing about the file. */
const NOT_OF_THE_FILE: ReadonlySet<unknown> = new Set(["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"]);
const VANISHED: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR"]);

/** Decides what an error of the disk means for one file. */
export function skippedOrThrow(
  error: unknown,
  { name }: SourceEntry,
  { onUnreadable }: Pick<SourceOptions, "onUnreadable">,
): SkippedEntry {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (error instanceof StowageError || code === undefined) throw error;
  if (VANISHED.has(code)) return { name, reason: "vanished" };
  if (code === "ELOOP") return { name, reason: "symlink" };
  if (code === "ENXIO") return { name, reason: "socket" };
  if (onUnreadable === "skip" && !NOT_OF_THE_FILE.has(code)) return { name, reason: "unreadable" };
  throw new StowageError("SOURCE_UNREADABLE", `cannot read ${JSON.stringify(name)}: ${code}`, { cause: error });
}

async function openTwice(path: string, disk: SourceOptions["disk"]): Promise<ReadableFile> {
  try {
    return await disk.openFile(path);
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (!isMissing) throw error;
    return disk.openFile(path); // an editor that saves by delete and rename leaves a gap
  }
}

async function describe(file: ReadableFile, { name }: SourceEntry): Promise<OpenedSource | SkippedEntry> {
  try {
    const opened = await file.stat();
    if (opened.isFile()) return { file, opened };
    await closeSource(file);
    return { name, reason: opened.isDirectory() ? "vanished" : reasonOfMode(opened.mode) };
  } catch (error) {
    await closeSource(file);
    throw error;
  }
}
