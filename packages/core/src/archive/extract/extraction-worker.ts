import { parentPort } from "node:worker_threads";
import { fillYoungHeap } from "../../concurrency/fill-young-heap.ts";
import type { Answer } from "../../concurrency/worker-pool.ts";
import { fileOfDescriptor, immediateDisk } from "../../disk/immediate-disk.ts";
import { RealDirectory } from "../../disk/real-directory.ts";
import { inflateHere } from "../inflate/inflate.ts";
import type { Piece } from "../inflate/inflate-piece.ts";
import { type EntryColumns, entriesOf } from "./entry-columns.ts";
import { type FilesJob, placeFiles, type Target } from "./place-files.ts";
import { placePieces } from "./place-pieces.ts";

/** What a thread is asked to inflate, check and write: whole entries, or pieces of one to a file that the process has open. */
export type ExtractionJob = { readonly columns: EntryColumns } & (
  | { readonly bytes: Uint8Array; readonly offset: number; readonly target: Place | undefined }
  | { readonly pieces: readonly Piece[]; readonly position: number; readonly descriptor: number | undefined }
);

/** Where files go. Nothing is written if there is none. */
type Place = Pick<Target, "directory" | "syncsFiles">;

let jobs = Promise.resolve();

parentPort?.on("message", ({ id, job }: { id: number; job: ExtractionJob }) => {
  jobs = jobs
    .then(() => run(job))
    .then(
      (result) => {
        parentPort?.postMessage({ id, result } satisfies Answer);
        noteInflated(result.size);
      },
      () => parentPort?.postMessage({ id } satisfies Answer),
    );
});

/** So much may lie about before it is collected. */
const GARBAGE_MAX = 4 * 1024 * 1024;
const FILLS = 8;
let garbage = 0;

/** Has the memory of what was inflated collected, from time to time. */
function noteInflated(size: number): void {
  garbage += size;
  if (garbage < GARBAGE_MAX) return;
  garbage = 0;
  for (let fill = 0; fill < FILLS; fill += 1) fillYoungHeap();
}

async function run(job: ExtractionJob): Promise<{ size: number; crc32: number }> {
  const entries = entriesOf(job.columns);
  if ("offset" in job) {
    await placeOrRemove({ bytes: asBuffer(job.bytes), offset: job.offset, entries }, job.target);
    return { size: entries.reduce((total, entry) => total + entry.size, 0), crc32: 0 };
  }
  const [entry] = entries;
  if (!entry) throw new Error("a job without an entry");
  const pieces = job.pieces.map((piece) => ({ ...piece, bytes: asBuffer(piece.bytes) }));
  const file = job.descriptor === undefined ? undefined : fileOfDescriptor(job.descriptor);
  return placePieces({ entry, pieces, position: job.position }, { inflate: inflateHere, file });
}

/** A job that fails is done again, elsewhere, so that it must leave no file of its own. */
async function placeOrRemove(job: FilesJob, place: Place | undefined): Promise<void> {
  const created: string[] = [];
  const through = new RealDirectory();
  const createFile = async (path: string) => {
    const file = await immediateDisk.createFile(path, through);
    created.push(path);
    return file;
  };
  try {
    await placeFiles(job, { inflate: inflateHere, target: place && { ...place, disk: { createFile } } });
  } catch (error) {
    for (const path of created) await immediateDisk.removeFile(path, through);
    throw error;
  } finally {
    through.close();
  }
}

/** A message turns a buffer into a plain array of bytes. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
