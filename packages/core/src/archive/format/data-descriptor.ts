const SIGNATURE = 0x0807_4b50;

/** The largest form: signature, CRC and two 64-bit sizes. */
export const DESCRIPTOR_SIZE_MAX = 24;

/** CRC and sizes, as a descriptor behind the content repeats them. */
export interface ContentFacts {
  readonly crc32: number;
  readonly compressedSize: number;
  readonly size: number;
}

/** Encodes the descriptor that follows content whose facts were not known before (APPNOTE 4.3.9). */
export function encodeDescriptor(facts: ContentFacts, isZip64: boolean): Buffer {
  return form(facts, { isSigned: true, isZip64 });
}

/**
 * Returns the size of the descriptor at the start of `bytes`, or nothing if there is none that agrees with the facts. Signature
 * and 64-bit sizes are both optional, and writers differ: Go uses 64 bits without announcing it.
 */
export function matchDescriptor(bytes: Buffer, facts: ContentFacts): number | undefined {
  const forms = [
    { isSigned: true, isZip64: false },
    { isSigned: true, isZip64: true },
    { isSigned: false, isZip64: false },
    { isSigned: false, isZip64: true },
  ];
  const fitting =
    Math.max(facts.size, facts.compressedSize) > 0xffff_ffff ? forms.filter((each) => each.isZip64) : forms;
  return fitting.map((each) => form(facts, each)).find((each) => bytes.subarray(0, each.length).equals(each))?.length;
}

function form(facts: ContentFacts, { isSigned, isZip64 }: { isSigned: boolean; isZip64: boolean }): Buffer {
  const bytes = Buffer.alloc(DESCRIPTOR_SIZE_MAX);
  let position = isSigned ? bytes.writeUInt32LE(SIGNATURE, 0) : 0;
  position = bytes.writeUInt32LE(facts.crc32, position);
  for (const size of [facts.compressedSize, facts.size]) {
    position = isZip64 ? bytes.writeBigUInt64LE(BigInt(size), position) : bytes.writeUInt32LE(size, position);
  }
  return bytes.subarray(0, position);
}
