import type { DiskFile } from "../../disk/disk.ts";
import { invalidArchive } from "../format/invalid-archive.ts";
import { ContentSum } from "../inflate/check-content.ts";
import type { Inflate } from "../inflate/inflate.ts";
import { inflatePiece, type Piece } from "../inflate/inflate-piece.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import { writeSparse } from "./write-sparse.ts";

/** Pieces of a large content that follow each other. */
export interface PiecesJob {
  readonly entry: PlacedEntry;
  readonly pieces: readonly Piece[];
  /** Of the first byte of content in the file. */
  readonly position: number;
}

/** Reads pieces, and writes them to their place in the file if there is one. Returns the sum of their content. */
export async function placePieces(
  { entry, pieces, position }: PiecesJob,
  { inflate, file }: { inflate: Inflate; file?: Pick<DiskFile, "writeAt"> | undefined },
): Promise<{ size: number; crc32: number }> {
  const sum = new ContentSum();
  let expected = 0;
  for (const piece of pieces) {
    const content = entry.method === 0 ? [piece.bytes] : await inflatePiece(piece, entry, inflate);
    if (file) await writeSparse(file, content, { position: position + sum.size, size: entry.size });
    for (const bytes of content) sum.add(bytes);
    expected += piece.size;
    if (sum.size === expected) continue;
    const message = `${JSON.stringify(entry.name)} has ${sum.size} bytes where ${expected} are expected`;
    throw invalidArchive("content-size", message);
  }
  return { size: sum.size, crc32: sum.crc32 };
}
