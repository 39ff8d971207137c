import { isUtf8 } from "node:buffer";

/** The upper half of code page 437, in which names are written that say nothing else (APPNOTE appendix D). */
const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";
const CP437_BYTES = new Map([...CP437].map((character, index) => [character, 0x80 + index]));

export type NameEncoding = "utf-8" | "cp437";

/**
 * Says how the bytes of a name are encoded, or nothing if they break their own promise. Unix tools that do not set the flag
 * write the bytes that the disk holds, so there UTF-8 is tried first, as Info-ZIP's unzip does by keeping the bytes.
 */
export function encodingOf(
  bytes: Buffer,
  origin: { isFlaggedUtf8: boolean; isUnix: boolean },
): NameEncoding | undefined {
  const isValid = isUtf8(bytes);
  if (origin.isFlaggedUtf8) return isValid ? "utf-8" : undefined;
  return isValid && origin.isUnix ? "utf-8" : "cp437";
}

export function isAscii(bytes: Buffer): boolean {
  return bytes.every((byte) => byte < 0x80);
}

export function decodeName(bytes: Buffer, encoding: NameEncoding): string {
  if (encoding === "utf-8") return bytes.toString("utf8");
  const ascii = bytes.toString("latin1");
  return ascii.replace(/[\u0080-\u00ff]/g, (character) => CP437.charAt(character.charCodeAt(0) - 0x80));
}

/** Returns the bytes that `decodeName` was given. */
export function encodeName(name: string, encoding: NameEncoding): Buffer {
  if (encoding === "utf-8") return Buffer.from(name, "utf8");
  return Buffer.from(Array.from(name, (character) => CP437_BYTES.get(character) ?? character.charCodeAt(0)));
}
