import type { DiskFile } from "../../disk/disk.ts";

/** A block of zeros of this size, and at a multiple of it, is not written. */
const HOLE_SIZE = 64 * 1024;
/** A part of one at the edge of what is written is neither, from this size on. */
const EDGE_SIZE = 4 * 1024;
const ZEROS = Buffer.alloc(HOLE_SIZE);

/**
 * Writes buffers, one behind the other, from `position` on, but for blocks of zeros: those stay holes of a file that is new. The last
 * byte of the file is written in any case, so that it is as long as `size` says.
 */
export async function writeSparse(
  file: Pick<DiskFile, "writeAt">,
  buffers: readonly Uint8Array[],
  { position, size }: { readonly position: number; readonly size: number },
): Promise<void> {
  let run: Uint8Array[] = [];
  let runStart = position;
  let at = position;
  for (const bytes of buffers) {
    let start = 0;
    for (let offset = 0, next = 0; offset < bytes.length; offset = next) {
      next = Math.min(offset + HOLE_SIZE - ((at + offset) % HOLE_SIZE), bytes.length);
      if (at + next >= size || !isHole(bytes, offset, next)) continue;
      if (offset > start) run.push(bytes.subarray(start, offset));
      if (run.length > 0) await file.writeAt(run, runStart);
      run = [];
      start = next;
      runStart = at + next;
    }
    if (start < bytes.length) run.push(start === 0 ? bytes : bytes.subarray(start));
    at += bytes.length;
  }
  if (run.length > 0) await file.writeAt(run, runStart);
}

/** Nearly every block of data is told by its first byte. */
function isHole(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 0 || end - start < EDGE_SIZE) return false;
  return ZEROS.subarray(0, end - start).equals(bytes.subarray(start, end));
}
