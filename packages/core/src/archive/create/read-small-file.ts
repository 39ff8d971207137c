import { crc32 } from "node:zlib";
import { type Steps, step } from "../../concurrency/steps.ts";
import { BLOCK_SIZE } from "../format/block-size.ts";
import { type NewEntry, smallEntry } from "../format/local-header.ts";
import type { SkippedEntry } from "../skipped-entry.ts";
import { type Codec, deflateWhole } from "./deflate-block.ts";
import { type OpenedSource, openSource, readingSource, type SourceOptions } from "./open-source.ts";
import { READ_ATTEMPTS, type SourceChange, sourceChange, verdictOn } from "./source-change.ts";
import type { SourceEntry } from "./walk-directory.ts";

/** A file that was read and compressed at once. */
export interface SmallFile {
  readonly entry: NewEntry;
  readonly content: Uint8Array;
  readonly change: SourceChange;
}

export interface ReadOptions extends SourceOptions, Codec {
  /** Of the size of a block, to read into: for one file at a time. */
  readonly memory?: Uint8Array;
}

interface Reading {
  readonly bytes: Uint8Array;
  readonly change: SourceChange;
}

/** Reads and compresses a file of up to one block. "too-large" if the file has become larger than that. */
export function* readSmallFile(
  entry: SourceEntry,
  options: ReadOptions,
): Steps<SmallFile | SkippedEntry | "too-large"> {
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
    const source = yield* openSource(entry, options);
    if ("reason" in source) return source;
    const reading = yield* readingSource(source, { entry, options }, () => readAll(source, options));
    if (reading === "too-large" || "reason" in reading) return reading;
    const verdict = verdictOn(reading.change, attempt, { entry, onChanged: options.onChanged });
    if (verdict === "again") continue;
    return verdict === "keep" ? yield* compress(entry, { source, reading, codec: options }) : verdict;
  }
  throw new Error("the last attempt decides");
}

function* readAll({ file, opened }: OpenedSource, { memory }: ReadOptions): Steps<Reading | "too-large"> {
  if (opened.size > BLOCK_SIZE) return "too-large";
  const bytes = memory?.subarray(0, opened.size) ?? Buffer.allocUnsafe(opened.size);
  const bytesRead = opened.size > 0 ? yield* step(file.read(bytes, 0)) : 0;
  return { bytes: bytes.subarray(0, bytesRead), change: sourceChange(opened, bytesRead, yield* step(file.stat())) };
}

function* compress(
  { name }: SourceEntry,
  { source, reading, codec }: { source: OpenedSource; reading: Reading; codec: Codec },
): Steps<SmallFile> {
  const { bytes } = reading;
  const deflated = yield* deflateWhole(bytes, codec);
  const content = deflated ?? bytes;
  const { mode, mtime: modifiedAt } = source.opened;
  const facts = { crc32: crc32(bytes), compressedSize: content.length, size: bytes.length, mode, modifiedAt };
  return { entry: smallEntry(name, facts), content, change: reading.change };
}
