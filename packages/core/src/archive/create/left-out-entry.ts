import { crc32 } from "node:zlib";
import { type NewEntry, smallEntry } from "../format/local-header.ts";
import { LEFT_OUT_ENTRY } from "../left-out/left-out.ts";
import { deflateHere } from "./deflate.ts";

/** The entry that says what was left out, with its content as it is written. Its time is fixed, so that the same is the same bytes. */
export function leftOutEntry(bytes: Buffer, level: number): { entry: NewEntry; content: Uint8Array } {
  const deflated = deflateHere(bytes, { level, isLast: true });
  const content = deflated.length < bytes.length ? deflated : bytes;
  const entry = smallEntry(LEFT_OUT_ENTRY, {
    crc32: crc32(bytes),
    compressedSize: content.length,
    size: bytes.length,
    mode: 0o100600,
    modifiedAt: new Date(Date.UTC(1980, 0, 1)),
  });
  return { entry, content };
}
