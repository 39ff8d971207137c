import { deflateRawSync, inflateRawSync } from "node:zlib";
import { BLOCK_SIZE, deflatedSizeBound } from "./block-size.ts";

/** "St": among the ids that no published list of extra fields has taken (APPNOTE 4.5.2, Info-ZIP's extrafld.txt). */
export const BLOCK_TABLE_ID = 0x7453;

/** Leaves room in the 64 KiB that all extra fields of an entry have. */
const ENCODED_SIZE_MAX = 32 * 1024;
/** Blocks that one piece may hold: pieces are inflated whole. */
const BLOCKS_MAX = 8;
/** Whatever the size of a block was when the archive was made. */
const PIECE_SIZE_MIN = 64 * 1024;
const PIECE_SIZE_MAX = 4 * 1024 * 1024;
const PIECES_MAX = 128 * 1024;

/** Where deflated content can be cut into pieces, each of which inflates without the ones before it. */
export interface BlockTable {
  /** Bytes of content in each piece but the last, which may be shorter. */
  readonly pieceSize: number;
  /** Bytes of each piece as it is compressed. */
  readonly compressedSizes: readonly number[];
}

/** Collects the table of a file while its blocks are written. */
export class BlockTableWriter {
  #sizes: number[] = [];
  /** Of the piece that is not complete. */
  #open = { blocks: 0, size: 0 };
  #blocksPerPiece = 1;

  /** Adds a block of so many compressed bytes. */
  add(compressedSize: number): void {
    this.#open = { blocks: this.#open.blocks + 1, size: this.#open.size + compressedSize };
    if (this.#open.blocks === this.#blocksPerPiece) this.#close();
    if (this.#sizes.length === PIECES_MAX) this.#halve();
  }

  /** Encodes the table as the data of an extra field, with larger pieces if it is too long. Nothing if that does not help. */
  encode(): Buffer | undefined {
    if (this.#open.blocks > 0) this.#close();
    for (;;) {
      if (this.#sizes.length < 2 || this.#blocksPerPiece > BLOCKS_MAX) return undefined;
      const encoded = encodeBlockTable({ pieceSize: this.#blocksPerPiece * BLOCK_SIZE, compressedSizes: this.#sizes });
      if (encoded.length <= ENCODED_SIZE_MAX) return encoded;
      this.#halve();
    }
  }

  #close(): void {
    this.#sizes.push(this.#open.size);
    this.#open = { blocks: 0, size: 0 };
  }

  #halve(): void {
    const halved: number[] = [];
    for (let index = 0; index < this.#sizes.length; index += 2) {
      halved.push((this.#sizes[index] ?? 0) + (this.#sizes[index + 1] ?? 0));
    }
    this.#sizes = halved;
    this.#blocksPerPiece *= 2;
  }
}

/** The most bytes that the field of a file of so many bytes takes, its header included. */
export function blockTableSizeBound(size: number): number {
  return size > BLOCK_SIZE ? Math.min(ENCODED_SIZE_MAX + 4, 32 + 5 * Math.ceil(size / BLOCK_SIZE)) : 0;
}

/** Encodes a table: the size of a piece in 4 bytes, then the compressed sizes in 4 bytes each, deflated. */
export function encodeBlockTable({ pieceSize, compressedSizes }: BlockTable): Buffer {
  const bytes = Buffer.alloc(4 * compressedSizes.length);
  for (const [index, size] of compressedSizes.entries()) bytes.writeUInt32LE(size, 4 * index);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(pieceSize);
  return Buffer.concat([head, deflateRawSync(bytes)]);
}

/**
 * Decodes the table of an entry. Nothing if it does not fit the entry's sizes: another program may have changed the content and
 * kept the field, and without a table everything restores, too.
 */
export function decodeBlockTable(
  data: Buffer,
  { size, compressedSize }: { size: number; compressedSize: number },
): BlockTable | undefined {
  const pieceSize = data.length >= 4 ? data.readUInt32LE(0) : 0;
  const pieces = Math.ceil(size / pieceSize);
  const isPossible = pieceSize >= PIECE_SIZE_MIN && pieceSize <= PIECE_SIZE_MAX;
  if (!isPossible || pieces < 2 || pieces > PIECES_MAX) return undefined;
  const compressedSizes = inflateSizes(data.subarray(4), pieces);
  const total = compressedSizes?.reduce((sum, each) => sum + each, 0);
  const largest = deflatedSizeBound(pieceSize);
  if (!compressedSizes || total !== compressedSize) return undefined;
  return compressedSizes.some((each) => each === 0 || each > largest) ? undefined : { pieceSize, compressedSizes };
}

function inflateSizes(deflated: Buffer, count: number): number[] | undefined {
  try {
    const bytes = inflateRawSync(deflated, { maxOutputLength: 4 * count });
    if (bytes.length !== 4 * count) return undefined;
    return Array.from({ length: count }, (_, index) => bytes.readUInt32LE(4 * index));
  } catch {
    return undefined; // no deflated data, or longer than a table can be
  }
}
