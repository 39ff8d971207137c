import { randomBytes } from "node:crypto";
import type { ArchiveEntry } from "../format/central-header.ts";
import { invalidArchive } from "../format/invalid-archive.ts";
import { checkConsumed } from "./check-content.ts";
import { type Inflate, inflateError } from "./inflate.ts";
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
interface Seal {
  readonly content: Buffer;
  readonly header: Buffer;
}

/** One would do, but that a stored block may be open at the end and take both header and content: it cannot fit two lengths. */
const SEALS = [sealOf(randomBytes(32)), sealOf(randomBytes(48))] as const;

function sealOf(content: Buffer): Seal {
  return { content, header: Buffer.from([1, content.length, 0, ~content.length & 0xff, 0xff]) };
}

async function inflateSealed(piece: Piece, inflate: Inflate): Promise<Uint8Array> {
  const [seal, other] = SEALS;
  const content = await inflateBehind(seal, piece, inflate);
  const isSuspect = seal.header.equals(content.subarray(-seal.header.length));
  return isSuspect ? inflateBehind(other, piece, inflate) : content;
}

/** Inflates a piece with a seal behind it, and returns what comes before the seal. */
async function inflateBehind({ content, header }: Seal, { bytes, size }: Piece, inflate: Inflate): Promise<Uint8Array> {
  const sealed = Buffer.concat([bytes, header, content]);
  const { bytes: inflated, consumed } = await inflate(sealed, size + content.length);
  const isWhole = consumed === sealed.length && inflated.length === size + content.length;
  if (!isWhole || !content.equals(inflated.subarray(size))) throw badlyCut();
  return inflated.subarray(0, size);
}

function badlyCut(): Error {
  return invalidArchive("content-deflate", "the deflated data cannot be cut where its table says");
}
