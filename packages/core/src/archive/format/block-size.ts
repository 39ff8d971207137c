/** Bytes of one stored block of the deflate format (RFC 1951, 3.2.4), of which each has a header of five. */
export const STORED_SIZE_MAX = 0xffff;
const STORED_HEADER_SIZE = 5;

/**
 * Files are cut into blocks of this many bytes by offset alone, so the archive does not depend on timing. That is what eight stored
 * blocks of the deflate format hold: another eight bytes, to 512 KiB, would take a ninth.
 */
export const BLOCK_SIZE = 8 * STORED_SIZE_MAX;

/** Bytes that a whole block grows by where it does not shrink. */
export const STORED_OVERHEAD = storedBlocksOverhead(BLOCK_SIZE);

/** The most bytes that the content of a file takes in the archive. */
export function deflatedSizeBound(size: number): number {
  const blocks = Math.floor(size / BLOCK_SIZE) + 1;
  return size + blocks * STORED_OVERHEAD;
}

/** What so many bytes take as stored blocks. */
export function storedBlocksSize(size: number): number {
  return size + storedBlocksOverhead(size);
}

function storedBlocksOverhead(size: number): number {
  return Math.max(1, Math.ceil(size / STORED_SIZE_MAX)) * STORED_HEADER_SIZE;
}
