import { decodeDosTime } from "./dos-time.ts";
import { EXTENDED_TIMESTAMP } from "./extra-fields.ts";
import { FLAG_UTF8 } from "./local-header.ts";

/** Made by Unix, by the rules of APPNOTE 4.5: the upper half of the external attributes is a mode. */
export const MADE_BY = (3 << 8) | 45;

const HEADER_SIZE = 46;
const SECONDS_MAX = 0x7fff_ffff;

/**
 * Says whether a header of the central directory is as they are written here, in every version: made by Unix and 4.5, UTF-8 flagged
 * also where the name is ASCII, and a timestamp of Info-ZIP with the modification time alone before all other fields. No other
 * program that is known writes all three. Decides nothing about what is safe.
 */
export function hasOwnForm(header: Buffer): boolean {
  if (header.readUInt16LE(4) !== MADE_BY || (header.readUInt16LE(8) & FLAG_UTF8) === 0) return false;
  const extra = HEADER_SIZE + header.readUInt16LE(28);
  if (header.readUInt16LE(30) < 9) return hasNoTimestamp(header);
  if (header.readUInt16LE(extra) !== EXTENDED_TIMESTAMP) return hasNoTimestamp(header);
  return header.readUInt16LE(extra + 2) === 5 && header.readUInt8(extra + 4) === 1;
}

/** A time that 32 bits of seconds cannot hold has no such field: before 1901, which is 1980 here, or from 2038 on. */
function hasNoTimestamp(header: Buffer): boolean {
  const { time, date } = { time: header.readUInt16LE(12), date: header.readUInt16LE(14) };
  const seconds = decodeDosTime({ time, date }).getTime() / 1000;
  return seconds > SECONDS_MAX || seconds === Date.UTC(1980, 0, 1) / 1000;
}
