import type { RunningChecksum } from "@stowage/core/driver";

const POLYNOMIAL = 0x82f63b78;
/** `TABLES[n * 256 + byte]` is the effect of a byte that `n` further bytes follow. */
const TABLES = createTables(8);

/**
 * A running CRC32C (RFC 3720, appendix B.4), eight bytes a step ("slicing by 8"): about seven times as fast as
 * the SDK's own class, which goes byte by byte.
 */
export class Crc32c implements RunningChecksum {
  #state = -1;

  update(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const aligned = bytes.length - (bytes.length % 8);
    let state = this.#state;
    for (let offset = 0; offset < aligned; offset += 8) {
      state = step(state ^ view.getInt32(offset, true), view.getInt32(offset + 4, true));
    }
    for (let offset = aligned; offset < bytes.length; offset++) {
      state = table((state ^ view.getUint8(offset)) & 0xff) ^ (state >>> 8);
    }
    this.#state = state;
  }

  /** The value so far as GCS writes it: four bytes, big endian, in base64. */
  toString(): string {
    const buffer = Buffer.alloc(4);
    buffer.writeInt32BE(~this.#state);
    return buffer.toString("base64");
  }
}

function step(low: number, high: number): number {
  return (
    table(1792 + (low & 0xff)) ^
    table(1536 + ((low >>> 8) & 0xff)) ^
    table(1280 + ((low >>> 16) & 0xff)) ^
    table(1024 + (low >>> 24)) ^
    table(768 + (high & 0xff)) ^
    table(512 + ((high >>> 8) & 0xff)) ^
    table(256 + ((high >>> 16) & 0xff)) ^
    table(high >>> 24)
  );
}

function table(index: number): number {
  return TABLES[index] as number;
}

function createTables(count: number): Int32Array {
  const tables = new Int32Array(count * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    tables[byte] = value;
  }
  for (let index = 256; index < tables.length; index++) {
    const previous = tables[index - 256] as number;
    tables[index] = (tables[previous & 0xff] as number) ^ (previous >>> 8);
  }
  return tables;
}
