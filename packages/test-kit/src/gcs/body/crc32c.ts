const TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** Computes CRC32C (RFC 3720, appendix B.4) byte by byte: slow, and not the code under test. */
export class Crc32c {
  #state = -1;

  update(bytes: Uint8Array): void {
    let state = this.#state;
    for (const byte of bytes) state = (TABLE[(state ^ byte) & 0xff] ?? 0) ^ (state >>> 8);
    this.#state = state;
  }

  /** The value as GCS writes it: four bytes, big endian, in base64. */
  toString(): string {
    const buffer = Buffer.alloc(4);
    buffer.writeInt32BE(~this.#state);
    return buffer.toString("base64");
  }
}
