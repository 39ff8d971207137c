/** Who owns a file or directory, by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** "New Unix" of Info-ZIP, version 1. */
export const OWNER_ID = 0x7875;

export function isSameOwner(left: Owner, right: Owner): boolean {
  return left.uid === right.uid && left.gid === right.gid;
}

/** Encodes an owner as an extra field; nothing for none. */
export function encodeOwner(owner: Owner | undefined): Buffer {
  if (!owner) return Buffer.alloc(0);
  const bytes = Buffer.alloc(15);
  bytes.writeUInt16LE(OWNER_ID, 0);
  bytes.writeUInt16LE(11, 2);
  bytes.set([1, 4], 4);
  bytes.writeUInt32LE(owner.uid, 6);
  bytes.writeUInt8(4, 10);
  bytes.writeUInt32LE(owner.gid, 11);
  return bytes;
}

/** Decodes what {@link encodeOwner} gave. Nothing for another version, or for numbers that no system of today has. */
export function decodeOwner(data: Buffer | undefined): Owner | undefined {
  if (data?.length !== 11 || data.readUInt8(0) !== 1 || data.readUInt8(1) !== 4 || data.readUInt8(6) !== 4) {
    return undefined;
  }
  const [uid, gid] = [data.readUInt32LE(2), data.readUInt32LE(7)];
  return uid === NOBODY || gid === NOBODY ? undefined : { uid, gid };
}

/** What chown(2) takes for "as it is". */
const NOBODY = 0xffff_ffff;
