import type { ReadableFile } from "../../disk/disk.ts";
import { deflateOnPool } from "./deflate.ts";
import type { BackUpOptions } from "./open-file-to-back-up.ts";
import type { Pack } from "./pack.ts";
import { packFiles } from "./pack-files.ts";
import { type Block, type BlockRequest, readBlock } from "./read-block.ts";
import type { WalkedEntry } from "./walk-directory.ts";

/** What reads and compresses, in whatever thread. The bytes are the same. */
export interface Compressor {
  /** Jobs to have under way, so that it never waits. */
  readonly jobsAhead: number;
  /** Reads and compresses small files and directories. */
  pack(entries: readonly WalkedEntry[]): Promise<Pack>;
  /** The same in this thread and Node's pool, which alone can read what comes from elsewhere. */
  packHere(entries: readonly WalkedEntry[]): Promise<Pack>;
  /** Reads and compresses a block of an open file, which must stay open until this settles. */
  block(file: ReadableFile, request: BlockRequest): Promise<Block>;
  /** Takes the memory of a result back, once its bytes were copied. */
  recycle(bytes: Uint8Array): void;
  /** Gives back what it holds. Everything must have settled. */
  close(): Promise<void>;
}

export interface CompressorOptions extends BackUpOptions {
  /** zlib's level, 0–9. */
  readonly level: number;
}

/** Compresses in Node's thread pool and in the calling thread. */
export function poolCompressor(options: CompressorOptions, jobsAhead: number): Compressor {
  const codec = { ...options, deflate: deflateOnPool };
  return {
    jobsAhead,
    pack: (entries) => packFiles(entries, codec),
    packHere: (entries) => packFiles(entries, codec),
    block: (file, request) => readBlock(file, request, codec),
    recycle: () => {},
    close: async () => {},
  };
}
