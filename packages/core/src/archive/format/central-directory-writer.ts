import { CENTRAL_HEADER_SIGNATURE, CENTRAL_HEADER_SIZE } from "./central-header.ts";
import { encodeEndRecords } from "./end-records.ts";
import { encodeBlockTableField, encodeTimestamp, encodeZip64 } from "./extra-fields.ts";
import { encodeShared, type NewEntry, UINT32_MAX } from "./local-header.ts";
import { MADE_BY } from "./own-form.ts";
import { encodeOwner, type Owner } from "./owner.ts";

const BUFFER_SIZE = 64 * 1024;
const DOS_DIRECTORY = 0x10;

/** Collects the central directory while the entries are written, as the bytes that it will be. */
export class CentralDirectoryWriter {
  readonly #buffers: Buffer[] = [];
  #filled = BUFFER_SIZE;
  #size = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Bytes of the directory, without the end records. */
  get size(): number {
    return this.#size;
  }

  /** Adds an entry whose local header starts at `offset`, with its owner if that is to be said. */
  add(entry: NewEntry, offset: number, owner?: Owner): void {
    for (let bytes = encodeCentralHeader(entry, offset, owner); bytes.length > 0; ) {
      if (this.#filled === BUFFER_SIZE) {
        this.#buffers.push(Buffer.allocUnsafeSlow(BUFFER_SIZE));
        this.#filled = 0;
      }
      const copied = bytes.copy(this.#buffers.at(-1) ?? bytes, this.#filled);
      this.#filled += copied;
      this.#size += copied;
      bytes = bytes.subarray(copied);
    }
    this.#count += 1;
  }

  /** Yields the directory and the end records, which start at `offset`. */
  *finish(offset: number): Generator<Uint8Array> {
    yield* this.#buffers.slice(0, -1);
    const last = this.#buffers.at(-1);
    if (last) yield last.subarray(0, this.#filled);
    yield encodeEndRecords({ count: this.#count, size: this.#size, offset });
  }
}

/** Encodes an entry of the central directory (APPNOTE 4.3.12). */
function encodeCentralHeader(entry: NewEntry, offset: number, owner: Owner | undefined): Buffer {
  const nameSize = Buffer.byteLength(entry.name);
  const isFar = offset >= UINT32_MAX;
  const wide = entry.isZip64 ? [entry.size, entry.compressedSize] : [];
  if (isFar) wide.push(offset);
  const timestamp = encodeTimestamp(entry.modifiedAt);
  const isPlain = wide.length === 0 && !entry.blockTable && !owner;
  const fields = () => [timestamp, encodeZip64(wide), encodeBlockTableField(entry), encodeOwner(owner)];
  const extra = isPlain ? timestamp : Buffer.concat(fields());
  const bytes = Buffer.alloc(CENTRAL_HEADER_SIZE + nameSize + extra.length);
  bytes.writeUInt32LE(CENTRAL_HEADER_SIGNATURE, 0);
  bytes.writeUInt16LE(MADE_BY, 4);
  encodeShared(entry, bytes.subarray(6));
  bytes.writeUInt32LE(entry.crc32, 16);
  bytes.writeUInt32LE(entry.isZip64 ? UINT32_MAX : entry.compressedSize, 20);
  bytes.writeUInt32LE(entry.isZip64 ? UINT32_MAX : entry.size, 24);
  bytes.writeUInt16LE(nameSize, 28);
  bytes.writeUInt16LE(extra.length, 30);
  bytes.writeUInt32LE((((entry.mode & 0xffff) << 16) | (entry.name.endsWith("/") ? DOS_DIRECTORY : 0)) >>> 0, 38);
  bytes.writeUInt32LE(isFar ? UINT32_MAX : offset, 42);
  bytes.write(entry.name, CENTRAL_HEADER_SIZE);
  bytes.set(extra, CENTRAL_HEADER_SIZE + nameSize);
  return bytes;
}
