import type { JobPool } from "../../concurrency/worker-pool.ts";
import type { Disk } from "../../disk/disk.ts";
import type { Extractor } from "./extractor.ts";
import type { Target } from "./place-files.ts";

export interface ExtractorOptions {
  /** Where files go, among directories that are there. Nothing is written if it is left out. */
  readonly target?:
    | (Pick<Target, "syncsFiles" | "refusals"> & { readonly directory: string; readonly disk: Disk })
    | undefined;
  readonly threads?: JobPool | undefined;
}

/** How far a walk over entries has come. */
interface EntriesProgress {
  readonly entriesDone: number;
  /** Bytes of content, inflated. */
  readonly bytesDone: number;
}

export interface ContentsOptions extends ExtractorOptions {
  readonly signal: AbortSignal;
  onProgress?(progress: EntriesProgress): void;
}

/** Counts bytes and entries, and reports each change. */
export interface ProgressCount {
  add(done: { entries: number; bytes: number }): void;
}

/** What the reading of one part of the entries needs. */
export interface LaneOptions extends Pick<ContentsOptions, "signal" | "target"> {
  readonly extractor: Extractor;
  readonly count: ProgressCount;
}
