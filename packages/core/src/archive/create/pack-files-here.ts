import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { READ_FLAGS } from "../../disk/node-disk.ts";
import { OpenFilesWatch } from "../../disk/open-files.ts";
import { smallEntry } from "../format/local-header.ts";
import { deflateSync } from "./deflate.ts";
import { PROBED_SIZE } from "./deflate-block.ts";
import { isSameFile } from "./open-source.ts";
import { type Pack, PackWriter } from "./pack.ts";
import { readEntry } from "./pack-files.ts";
import type { ReadOptions, SmallFile } from "./read-small-file.ts";
import { sourceChange } from "./source-change.ts";
import { isDirectory, pathOf, type SourceEntry } from "./walk-directory.ts";

const openFiles = new OpenFilesWatch();

interface PackHereOptions extends ReadOptions {
  readonly memory: Uint8Array;
  /** For the pack, which leaves it if it is too small. */
  readonly output: Uint8Array;
}

/**
 * Reads and compresses small files in the calling thread, one after the other. The pack is that of `packFiles`, but what happens
 * to most files happens without promises: for tens of thousands of files those take longer than reading.
 */
export async function packFilesHere(sources: readonly SourceEntry[], options: PackHereOptions): Promise<Pack> {
  const pack = new PackWriter(sources.length, options.output);
  for (const source of sources) {
    // What this process has opened since the walk is left to the thread that can have it read elsewhere.
    if (openFiles.has(source)) pack.add("elsewhere");
    else pack.add(readTinyFile(source, options) ?? (await readOrLeave(source, options)));
  }
  return pack.finish();
}

/** Leaves what fails to the thread that can decide: it knows the walk, of which a file that was replaced needs the directory. */
async function readOrLeave(
  source: SourceEntry,
  options: PackHereOptions,
): Promise<Awaited<ReturnType<typeof readEntry>> | "elsewhere"> {
  return readEntry(source, options).catch(() => "elsewhere" as const);
}

/** Reads a file that takes no look at a sample. Nothing if anything is odd: then `readEntry` starts anew, and decides. */
function readTinyFile(source: SourceEntry, options: PackHereOptions): SmallFile | undefined {
  if (source.size >= PROBED_SIZE || isDirectory(source)) return undefined;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(pathOf(options.root, source.name), READ_FLAGS);
    return readQuietly(source, descriptor, options);
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) close(descriptor);
  }
}

function readQuietly(source: SourceEntry, descriptor: number, options: PackHereOptions): SmallFile | undefined {
  const opened = fstatSync(descriptor);
  if (!opened.isFile() || opened.size >= PROBED_SIZE || !isSameFile(opened, source)) return undefined;
  const bytes = options.memory.subarray(0, opened.size);
  const bytesRead = opened.size > 0 ? readSync(descriptor, bytes, 0, opened.size, 0) : 0;
  if (sourceChange(opened, bytesRead, fstatSync(descriptor)) !== "none") return undefined;
  const deflated = opened.size > 0 ? deflateSync(bytes, { level: options.level, isLast: true }) : bytes;
  const content = deflated.length < bytes.length ? deflated : bytes;
  const { mode, size, mtime: modifiedAt } = opened;
  const facts = { crc32: crc32(bytes), compressedSize: content.length, size, mode, modifiedAt };
  return { entry: smallEntry(source.name, facts), content, change: "none" };
}

/** There is nothing that a failure could lose. */
function close(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // The bytes are read.
  }
}
