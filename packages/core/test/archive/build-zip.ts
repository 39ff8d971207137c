import { crc32, deflateRawSync } from "node:zlib";

/** An entry of a handmade archive. Everything that is left out is right; everything that is given is written as it is. */
export interface EntryPlan {
  readonly name: string | Buffer;
  readonly content?: string | Buffer;
  /** What lies in the archive, if not the compressed content. */
  readonly data?: Buffer;
  readonly method?: number;
  readonly flags?: number;
  readonly crc32?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  readonly madeBy?: number;
  readonly mode?: number;
  readonly attributes?: number;
  readonly extra?: Buffer;
  readonly disk?: number;
  readonly offset?: number;
  /** The local header, where it differs. */
  readonly local?: LocalPlan;
  readonly descriptor?: Buffer;
  /** Whether the local header and the content are left out. */
  readonly isCentralOnly?: boolean;
  readonly centralSignature?: number;
}

interface LocalPlan {
  readonly signature?: number;
  readonly name?: string | Buffer;
  readonly method?: number;
  readonly flags?: number;
  readonly crc32?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  readonly extra?: Buffer;
}

/** The end of a handmade archive. */
export interface EndPlan {
  readonly count?: number;
  readonly countOnDisk?: number;
  readonly disk?: number;
  readonly size?: number;
  readonly offset?: number;
  readonly comment?: Buffer;
  readonly commentSize?: number;
  readonly trailing?: Buffer;
  /** Bytes before the first entry, between content and directory, and between directory and end records. */
  readonly prefix?: Buffer;
  readonly gap?: Buffer;
  readonly beforeEnd?: Buffer;
  /** Writes zip64 records with these numbers, and the old record with the largest ones. */
  readonly zip64?: Zip64Plan;
}

interface Zip64Plan {
  readonly count?: bigint;
  readonly countOnDisk?: bigint;
  readonly size?: bigint;
  readonly offset?: bigint;
  readonly disk?: number;
  readonly recordSize?: bigint;
  readonly signature?: number;
  readonly recordOffset?: bigint;
  readonly disks?: number;
  /** Bytes between the record and its locator. */
  readonly between?: Buffer;
}

export const UTF8 = 1 << 11;
export const DESCRIPTOR = 1 << 3;

/** Builds an archive exactly as planned. */
export function buildZip(entries: readonly EntryPlan[], end: EndPlan = {}): Buffer {
  const parts: Buffer[] = [end.prefix ?? Buffer.alloc(0)];
  const central: Buffer[] = [];
  const position = () => parts.reduce((total, part) => total + part.length, 0);
  for (const plan of entries) {
    const entry = complete(plan);
    central.push(centralHeader(entry, plan.offset ?? position()));
    if (plan.isCentralOnly) continue;
    parts.push(localHeader(entry), entry.data, plan.descriptor ?? Buffer.alloc(0));
  }
  if (end.gap) parts.push(end.gap);
  const offset = position();
  const directory = Buffer.concat(central);
  const place = { count: entries.length, size: directory.length, offset };
  return Buffer.concat([...parts, directory, end.beforeEnd ?? Buffer.alloc(0), endRecords(end, place)]);
}

type Complete = Required<Pick<EntryPlan, "method" | "flags" | "crc32" | "size" | "compressedSize">> & {
  plan: EntryPlan;
  name: Buffer;
  data: Buffer;
};

function complete(plan: EntryPlan): Complete {
  const content = Buffer.from(plan.content ?? "");
  const method = plan.method ?? 0;
  const data = plan.data ?? (method === 8 ? deflateRawSync(content) : content);
  return {
    plan,
    name: Buffer.from(plan.name),
    data,
    method,
    flags: plan.flags ?? UTF8,
    crc32: plan.crc32 ?? crc32(content),
    size: plan.size ?? content.length,
    compressedSize: plan.compressedSize ?? data.length,
  };
}

function localHeader(entry: Complete): Buffer {
  const local = entry.plan.local ?? {};
  const name = local.name === undefined ? entry.name : Buffer.from(local.name);
  const extra = local.extra ?? Buffer.alloc(0);
  const bytes = Buffer.alloc(30);
  bytes.writeUInt32LE(local.signature ?? 0x04034b50, 0);
  bytes.writeUInt16LE(20, 4);
  bytes.writeUInt16LE(local.flags ?? entry.flags, 6);
  bytes.writeUInt16LE(local.method ?? entry.method, 8);
  bytes.writeUInt16LE(0x21, 12);
  bytes.writeUInt32LE(local.crc32 ?? entry.crc32, 14);
  bytes.writeUInt32LE(local.compressedSize ?? entry.compressedSize, 18);
  bytes.writeUInt32LE(local.size ?? entry.size, 22);
  bytes.writeUInt16LE(name.length, 26);
  bytes.writeUInt16LE(extra.length, 28);
  return Buffer.concat([bytes, name, extra]);
}

function centralHeader(entry: Complete, offset: number): Buffer {
  const { plan } = entry;
  const extra = plan.extra ?? Buffer.alloc(0);
  const bytes = Buffer.alloc(46);
  bytes.writeUInt32LE(plan.centralSignature ?? 0x02014b50, 0);
  bytes.writeUInt16LE(((plan.madeBy ?? 3) << 8) | 20, 4);
  bytes.writeUInt16LE(20, 6);
  bytes.writeUInt16LE(entry.flags, 8);
  bytes.writeUInt16LE(entry.method, 10);
  bytes.writeUInt16LE(0x21, 14);
  bytes.writeUInt32LE(entry.crc32, 16);
  bytes.writeUInt32LE(entry.compressedSize, 20);
  bytes.writeUInt32LE(entry.size, 24);
  bytes.writeUInt16LE(entry.name.length, 28);
  bytes.writeUInt16LE(extra.length, 30);
  bytes.writeUInt16LE(plan.disk ?? 0, 34);
  bytes.writeUInt32LE((((plan.mode ?? 0o100644) << 16) | (plan.attributes ?? 0)) >>> 0, 38);
  bytes.writeUInt32LE(offset, 42);
  return Buffer.concat([bytes, entry.name, extra]);
}

interface Place {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

function endRecords(end: EndPlan, place: Place): Buffer {
  const comment = end.comment ?? Buffer.alloc(0);
  const wide = end.zip64 !== undefined;
  const bytes = Buffer.alloc(22);
  bytes.writeUInt32LE(0x06054b50, 0);
  bytes.writeUInt16LE(end.disk ?? 0, 4);
  bytes.writeUInt16LE(end.countOnDisk ?? end.count ?? (wide ? 0xffff : place.count), 8);
  bytes.writeUInt16LE(end.count ?? (wide ? 0xffff : place.count), 10);
  bytes.writeUInt32LE(end.size ?? (wide ? 0xffffffff : place.size), 12);
  bytes.writeUInt32LE(end.offset ?? (wide ? 0xffffffff : place.offset), 16);
  bytes.writeUInt16LE(end.commentSize ?? comment.length, 20);
  const zip64 = end.zip64 ? zip64Records(end.zip64, place) : Buffer.alloc(0);
  return Buffer.concat([zip64, bytes, comment, end.trailing ?? Buffer.alloc(0)]);
}

function zip64Records(plan: Zip64Plan, place: Place): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(plan.signature ?? 0x06064b50, 0);
  record.writeBigUInt64LE(plan.recordSize ?? 44n, 4);
  record.writeUInt32LE(plan.disk ?? 0, 16);
  record.writeBigUInt64LE(plan.countOnDisk ?? plan.count ?? BigInt(place.count), 24);
  record.writeBigUInt64LE(plan.count ?? BigInt(place.count), 32);
  record.writeBigUInt64LE(plan.size ?? BigInt(place.size), 40);
  record.writeBigUInt64LE(plan.offset ?? BigInt(place.offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(plan.recordOffset ?? BigInt(place.offset + place.size), 8);
  locator.writeUInt32LE(plan.disks ?? 1, 16);
  return Buffer.concat([record, plan.between ?? Buffer.alloc(0), locator]);
}

/** An extra field. */
export function extraField(id: number, data: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16LE(id, 0);
  header.writeUInt16LE(data.length, 2);
  return Buffer.concat([header, data]);
}

/** The zip64 extra field with these numbers. */
export function zip64Field(...values: readonly (bigint | number)[]): Buffer {
  const data = Buffer.alloc(8 * values.length);
  for (const [index, value] of values.entries()) data.writeBigUInt64LE(BigInt(value), 8 * index);
  return extraField(1, data);
}

/** A zip64 field with the number of a disk behind its other numbers. */
export function withDisk(field: Buffer, disk: number): Buffer {
  const bytes = Buffer.concat([field, Buffer.alloc(4)]);
  bytes.writeUInt16LE(bytes.length - 4, 2);
  bytes.writeUInt32LE(disk, field.length);
  return bytes;
}

/** The unicode-path extra field of a name that is `bytes` in the header. */
export function unicodePathField(bytes: string | Buffer, renamed: string | Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(1, 0);
  head.writeUInt32LE(crc32(bytes), 1);
  return extraField(0x7075, Buffer.concat([head, Buffer.from(renamed)]));
}

/** A descriptor, by default with signature and 32-bit sizes. */
export function descriptorOf(
  content: string | Buffer,
  form: { isSigned?: boolean; isWide?: boolean; method?: number; crc32?: number; size?: number } = {},
): Buffer {
  const bytes = Buffer.from(content);
  const compressedSize = form.method === 8 ? deflateRawSync(bytes).length : bytes.length;
  const output = Buffer.alloc(24);
  let position = form.isSigned === false ? 0 : output.writeUInt32LE(0x08074b50, 0);
  position = output.writeUInt32LE(form.crc32 ?? crc32(bytes), position);
  for (const size of [compressedSize, form.size ?? bytes.length]) {
    position = form.isWide ? output.writeBigUInt64LE(BigInt(size), position) : output.writeUInt32LE(size, position);
  }
  return output.subarray(0, position);
}
