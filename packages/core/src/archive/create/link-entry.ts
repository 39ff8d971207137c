import { crc32 } from "node:zlib";
import { type NewEntry, smallEntry } from "../format/local-header.ts";
import type { WalkedLink } from "./walk-directory.ts";

/** The entry of a symbolic link as Info-ZIP writes it: its content is where it leads, stored. */
export function linkEntry({ name, target, modifiedAtMs }: WalkedLink): { entry: NewEntry; content: Uint8Array } {
  const content = Buffer.from(target);
  const [size, modifiedAt] = [content.length, new Date(modifiedAtMs)];
  const entry = smallEntry(name, { crc32: crc32(content), compressedSize: size, size, mode: 0o120777, modifiedAt });
  return { entry, content };
}
