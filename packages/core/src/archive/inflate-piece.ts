import { randomBytes, randomInt } from "node:crypto";
import type { ArchiveEntry } from "./central-header.ts";
import { checkConsumed } from "./check-content.ts";
import { type Inflate, inflateError } from "./inflate.ts";
import { invalidArchive } from "./invalid-archive.ts";
import { storedContent } from "./stored-content.ts";

/** A part of an entry's content that can be read without the parts before it. */
export interface Piece {
  /** As it lies in the archive. */
  readonly bytes: Buffer;
  /** Bytes of its content. */
  readonly size: number;
  /** Whether the deflated data ends with it. */
  readonly isLast: boolean;
}

/** Inflates a piece of a content that its table says can be cut. The pieces joined are what the content inflates to at once. */
export async function inflatePiece(piece: Piece, entry: ArchiveEntry, inflate: Inflate): Promise<Uint8Array[]> {
  try {
    const stored = storedContent(piece.bytes, piece.isLast);
    return stored ?? [await (piece.isLast ? inflateLast(piece, inflate) : inflateSealed(piece, inflate))];
  } catch (error) {
    throw inflateError(error, entry);
  }
}

/** Inflates the content of an entry at once. */
export async function inflateWhole(deflated: Buffer, entry: ArchiveEntry, inflate: Inflate): Promise<Uint8Array[]> {
  const stored = storedContent(deflated, true);
  if (stored) return stored;
  try {
    const { bytes, consumed } = await inflate(deflated, entry.size);
    checkConsumed(entry, consumed);
    return [bytes];
  } catch (error) {
    throw inflateError(error, entry);
  }
}

async function inflateLast({ bytes, size }: Piece, inflate: Inflate): Promise<Uint8Array> {
  const { bytes: content, consumed } = await inflate(bytes, size);
  if (consumed !== bytes.length) throw badlyCut();
  return content;
}

/**
 * A block that ends deflated data, whose content nobody can foresee. Behind a piece it must come out as it went in, which it does
 * only where the piece ends with a complete block. Otherwise a hostile table could cut the data in the middle of one, so that the
 * pieces say something else than the whole.
 */
const SEAL = randomBytes(16 + randomInt(1_024));
const SEAL_BLOCK = Buffer.concat([
  Buffer.from([1, SEAL.length & 0xff, SEAL.length >> 8, ~SEAL.length & 0xff, (~SEAL.length >> 8) & 0xff]),
  SEAL,
]);

async function inflateSealed({ bytes, size }: Piece, inflate: Inflate): Promise<Uint8Array> {
  const { bytes: content, consumed } = await inflate(Buffer.concat([bytes, SEAL_BLOCK]), size + SEAL.length);
  const isWhole = consumed === bytes.length + SEAL_BLOCK.length && content.length === size + SEAL.length;
  if (!isWhole || !SEAL.equals(content.subarray(size))) throw badlyCut();
  return content.subarray(0, size);
}

function badlyCut(): Error {
  return invalidArchive("content-deflate", "the deflated data cannot be cut where its table says");
}
