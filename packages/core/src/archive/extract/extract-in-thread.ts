import { fillYoungHeap } from "../../concurrency/fill-young-heap.ts";
import { serveJobs } from "../../concurrency/serve-jobs.ts";
import type { ThreadDisk } from "../../disk/disk.ts";
import { inflateHere } from "../inflate/inflate.ts";
import type { Piece } from "../inflate/inflate-piece.ts";
import { type EntryColumns, entriesOf } from "./entry-columns.ts";
import { type FilesJob, placeFiles, type Target } from "./place-files.ts";
import { placePieces } from "./place-pieces.ts";
import { Refusals } from "./refusals.ts";

/** What a thread is asked to inflate, check and write: whole entries, or pieces of one to a file that the process has open. */
export type ExtractionJob = { readonly columns: EntryColumns } & (
  | { readonly bytes: Uint8Array; readonly offset: number; readonly target: TargetInThread | undefined }
  | { readonly pieces: readonly Piece[]; readonly position: number; readonly descriptor: number | undefined }
);

export interface ExtractionResult {
  readonly size: number;
  readonly crc32: number;
  /** What the file system refused, of files that were written. */
  readonly refused?: Refusals["pairs"];
}

/** Where files go. Nothing is written if there is none. */
type TargetInThread = Pick<Target, "directory" | "syncsFiles">;

/** Does the extraction jobs that come to this thread. */
export function serveExtraction(disk: ThreadDisk): void {
  serveJobs((job: ExtractionJob) => extractInThread(job, disk), noteInflated);
}

/** Does a job in a thread: inflates, checks, and writes where there is a place for it. */
export async function extractInThread(job: ExtractionJob, disk: ThreadDisk): Promise<ExtractionResult> {
  const entries = entriesOf(job.columns);
  if ("offset" in job) {
    const refusals = new Refusals();
    const files = { bytes: asBuffer(job.bytes), offset: job.offset, entries };
    await placeOrRemove(files, { disk, target: job.target && { ...job.target, refusals } });
    return { size: entries.reduce((total, entry) => total + entry.size, 0), crc32: 0, refused: refusals.pairs };
  }
  const [entry] = entries;
  if (!entry) throw new Error("a job without an entry");
  const pieces = job.pieces.map((piece) => ({ ...piece, bytes: asBuffer(piece.bytes) }));
  const file = job.descriptor === undefined ? undefined : disk.fileOf(job.descriptor);
  return placePieces({ entry, pieces, position: job.position }, { inflate: inflateHere, file });
}

/** A job that fails is done again, elsewhere, so that it must leave no file of its own. */
async function placeOrRemove(
  job: FilesJob,
  { disk, target }: { disk: ThreadDisk; target: Omit<Target, "disk"> | undefined },
): Promise<void> {
  const created: string[] = [];
  const place = disk.openPlace();
  const createFile = async (path: string) => {
    const file = await place.createFile(path);
    created.push(path);
    return file;
  };
  try {
    await placeFiles(job, { inflate: inflateHere, target: target && { ...target, disk: { createFile } } });
  } catch (error) {
    for (const path of created) await place.removeFile(path);
    throw error;
  } finally {
    place.close();
  }
}

/** A message turns a buffer into a plain array of bytes. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** So much may lie about before it is collected. */
const GARBAGE_MAX = 4 * 1024 * 1024;
const FILLS = 8;
let garbage = 0;

/** Has the memory of what was inflated collected, from time to time. */
function noteInflated(sum: { readonly size: number } | undefined): void {
  garbage += sum?.size ?? 0;
  if (garbage < GARBAGE_MAX) return;
  garbage = 0;
  for (let fill = 0; fill < FILLS; fill += 1) fillYoungHeap();
}
