import { isUtf8 } from "node:buffer";
import { crc32 } from "node:zlib";
import { invalidArchive } from "./invalid-archive.ts";

const VERSION = 1;
const PREFIX_SIZE = 5;

/**
 * The name in the data of a field 0x7075 (APPNOTE 4.6.9). Nothing if that was made for another name than `headerName`: whoever renames
 * an entry and does not know the field leaves it as it was, so APPNOTE wants it ignored then.
 */
export function unicodeName(headerName: Buffer, data: Buffer | undefined): string | undefined {
  if (!data || data.length < PREFIX_SIZE || data.readUInt8(0) !== VERSION) return undefined;
  if (data.readUInt32LE(1) !== crc32(headerName)) return undefined;
  const name = data.subarray(PREFIX_SIZE);
  if (isUtf8(name)) return name.toString("utf8");
  throw invalidArchive(
    "unicode-path",
    `${JSON.stringify(headerName.toString())} is renamed to what is not UTF-8; pack it again`,
  );
}
