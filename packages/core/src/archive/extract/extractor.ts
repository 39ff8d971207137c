import type { DiskFile } from "../../disk/disk.ts";
import { inflateOnPool } from "../inflate/inflate.ts";
import { type FilesJob, placeFiles, type Target } from "./place-files.ts";
import { type PiecesJob, placePieces } from "./place-pieces.ts";

/** What inflates, checks and writes, in whatever thread. */
export interface Extractor {
  /** Jobs to have under way, so that it never waits. */
  readonly jobsAhead: number;
  files(job: FilesJob): Promise<void>;
  /** Writes to an open file, if there is one, which must stay open until this settles. */
  pieces(job: PiecesJob, file: DiskFile | undefined): Promise<{ size: number; crc32: number }>;
}

const JOBS_AHEAD = 4;

/** Extracts in Node's thread pool and in the calling thread. */
export function poolExtractor(target: Target | undefined): Extractor {
  const inflate = inflateOnPool;
  return {
    jobsAhead: JOBS_AHEAD,
    files: (job) => placeFiles(job, { inflate, target }),
    pieces: (job, file) => placePieces(job, { inflate, file }),
  };
}
