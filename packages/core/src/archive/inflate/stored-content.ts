const HEADER_SIZE = 5;
/** Many tiny blocks are left to zlib, which takes no memory for each: only a hostile archive has them. */
const BLOCKS_MIN = 64;
const BLOCK_SIZE_MIN = 4 * 1024;

/**
 * Returns the content of deflated data that consists of nothing but stored blocks (RFC 1951, 3.2.4), without a copy and faster
 * than zlib. Nothing if it holds anything else, or unless it ends with its last block where, and only where, `isLast` says so.
 */
export function storedContent(deflated: Buffer, isLast: boolean): Uint8Array[] | undefined {
  const blocks: Uint8Array[] = [];
  for (let position = 0; position + HEADER_SIZE <= deflated.length; ) {
    const header = deflated[position];
    const size = deflated.readUInt16LE(position + 1);
    const end = position + HEADER_SIZE + size;
    const isStored = (header === 0 || header === 1) && (size ^ 0xffff) === deflated.readUInt16LE(position + 3);
    if (!isStored || end > deflated.length) return undefined;
    if (blocks.length > BLOCKS_MIN + deflated.length / BLOCK_SIZE_MIN) return undefined;
    blocks.push(deflated.subarray(position + HEADER_SIZE, end));
    const isFinal = header === 1;
    if (end === deflated.length) return isFinal === isLast ? blocks : undefined;
    if (isFinal) return undefined;
    position = end;
  }
  return undefined;
}
