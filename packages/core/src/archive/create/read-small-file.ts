import { crc32 } from "node:zlib";
import { isLater, later, type Steps } from "../../concurrency/steps.ts";
import { BLOCK_SIZE } from "../format/block-size.ts";
import { type NewEntry, smallEntry } from "../format/local-header.ts";
import type { SkippedEntry } from "../skipped-entry.ts";
import { type Codec, deflateWhole } from "./deflate-block.ts";
import { changeOf, type FileChange, READ_ATTEMPTS, verdictOn } from "./file-change.ts";
import { modifiedAtOf } from "./modified-at.ts";
import { type BackUpOptions, type FileToBackUp, openFileToBackUp, readAndClose } from "./open-file-to-back-up.ts";
import type { WalkedEntry } from "./walk-directory.ts";

/** A file that was read and compressed at once. */
export interface SmallFile {
  readonly entry: NewEntry;
  readonly content: Uint8Array;
  readonly change: FileChange;
}

export interface ReadOptions extends BackUpOptions, Codec {
  /** Of the size of a block, to read into: for one file at a time. */
  readonly memory?: Uint8Array;
}

interface Reading {
  readonly bytes: Uint8Array;
  readonly change: FileChange;
}

/** Reads and compresses a file of up to one block. "too-large" if the file has become larger than that. */
export function* readSmallFile(
  entry: WalkedEntry,
  options: ReadOptions,
): Steps<SmallFile | SkippedEntry | "too-large"> {
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
    const opened = yield* openFileToBackUp(entry, options);
    if ("reason" in opened) return opened;
    const reading = yield* readAndClose(opened, { entry, options }, () => readAll(opened, options));
    if (reading === "too-large" || "reason" in reading) return reading;
    const verdict = verdictOn(reading.change, attempt, { entry, onChanged: options.onChanged });
    if (verdict === "again") continue;
    if (verdict !== "keep") return verdict;
    const deflating = deflateWhole(reading.bytes, options);
    const deflated = isLater(deflating) ? yield* later(deflating) : deflating;
    return smallFile(entry, { opened, reading, deflated });
  }
  throw new Error("the last attempt decides");
}

function* readAll({ file, opened }: FileToBackUp, { memory }: ReadOptions): Steps<Reading | "too-large"> {
  if (opened.size > BLOCK_SIZE) return "too-large";
  const bytes = memory?.subarray(0, opened.size) ?? Buffer.allocUnsafe(opened.size);
  const reading = opened.size > 0 ? file.read(bytes, 0) : 0;
  const bytesRead = isLater(reading) ? yield* later(reading) : reading;
  const looking = file.stat();
  const after = isLater(looking) ? yield* later(looking) : looking;
  return { bytes: bytes.subarray(0, bytesRead), change: changeOf(opened, bytesRead, after) };
}

function smallFile(
  { name }: WalkedEntry,
  { opened, reading, deflated }: { opened: FileToBackUp; reading: Reading; deflated: Uint8Array | undefined },
): SmallFile {
  const { bytes, change } = reading;
  const content = deflated ?? bytes;
  const { mode } = opened.opened;
  const modifiedAt = modifiedAtOf(opened.opened);
  const facts = { crc32: crc32(bytes), compressedSize: content.length, size: bytes.length, mode, modifiedAt };
  return { entry: smallEntry(name, facts), content, change };
}
