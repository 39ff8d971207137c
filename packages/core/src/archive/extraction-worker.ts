import { parentPort, workerData } from "node:worker_threads";
import { fileOfDescriptor, immediateDisk } from "../immediate-disk.ts";
import { type EntryColumns, entriesOf } from "./entry-columns.ts";
import { fillYoungHeap } from "./fill-young-heap.ts";
import { inflateHere } from "./inflate.ts";
import type { Piece } from "./inflate-piece.ts";
import { placeFiles, type Target } from "./place-files.ts";
import { placePieces } from "./place-pieces.ts";
import type { Answer } from "./worker-pool.ts";

/** What a thread is asked to inflate, check and write: whole entries, or pieces of one to a file that the process has open. */
export type ExtractionJob = { readonly columns: EntryColumns } & (
  | { readonly bytes: Uint8Array; readonly offset: number }
  | { readonly pieces: readonly Piece[]; readonly position: number; readonly descriptor: number | undefined }
);

const { target: place } = workerData as { target?: Pick<Target, "directory" | "syncsFiles"> };
const target: Target | undefined = place && { ...place, disk: immediateDisk };

let jobs = Promise.resolve();

parentPort?.on("message", ({ id, job }: { id: number; job: ExtractionJob }) => {
  jobs = jobs
    .then(() => run(job))
    .then(
      (result) => parentPort?.postMessage({ id, result } satisfies Answer),
      () => parentPort?.postMessage({ id } satisfies Answer),
    )
    .then(fillYoungHeap);
});

async function run(job: ExtractionJob): Promise<{ size: number; crc32: number }> {
  const entries = entriesOf(job.columns);
  if ("offset" in job) {
    await placeFiles({ bytes: asBuffer(job.bytes), offset: job.offset, entries }, { inflate: inflateHere, target });
    return { size: 0, crc32: 0 };
  }
  const [entry] = entries;
  if (!entry) throw new Error("a job without an entry");
  const pieces = job.pieces.map((piece) => ({ ...piece, bytes: asBuffer(piece.bytes) }));
  const file = job.descriptor === undefined ? undefined : fileOfDescriptor(job.descriptor);
  return placePieces({ entry, pieces, position: job.position }, { inflate: inflateHere, file });
}

/** A message turns a buffer into a plain array of bytes. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
