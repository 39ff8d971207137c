import type { NewEntry } from "./local-header.ts";

/** Describes an entry whose content is known before its header is written. It is deflated where that made it smaller. */
export function smallEntry(
  name: string,
  { crc32, compressedSize, size, mode, modifiedAt }: Omit<NewEntry, "name" | "method" | "hasDescriptor" | "isZip64">,
): NewEntry {
  const method = compressedSize < size ? 8 : 0;
  return { name, method, hasDescriptor: false, isZip64: false, crc32, compressedSize, size, mode, modifiedAt };
}
