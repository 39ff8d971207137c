import { isUtf8 } from "node:buffer";

/** The upper half of code page 437, in which names are written that say nothing else (APPNOTE appendix D). */
const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";
const CP437_BYTES = new Map([...CP437].map((character, index) => [character, 0x80 + index]));

export type NameEncoding = "utf-8" | "cp437";

/**
 * Says how the bytes of a name are encoded, or nothing if they break their own promise. Tools that do not set the flag write the bytes
 * that the disk holds, also where they claim to be DOS (minizip, the directories of jdk.zipfs, zip -k), so UTF-8 is tried first: names
 * in a code page are hardly ever UTF-8 by chance.
 */
export function encodingOf(bytes: Buffer, { isFlaggedUtf8 }: { isFlaggedUtf8: boolean }): NameEncoding | undefined {
  if (isUtf8(bytes)) return "utf-8";
  return isFlaggedUtf8 ? undefined : "cp437";
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
