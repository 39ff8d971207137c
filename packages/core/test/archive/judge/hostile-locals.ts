import { DESCRIPTOR, descriptorOf, type EntryPlan, UTF8, unicodePathField, zip64Field } from "../build-zip.ts";
import { entriesCase, type HostileCase } from "./hostile-case.ts";

const content = "content of an entry, content of an entry";
const plain: EntryPlan = { name: "f", content };
const unknown = { crc32: 0, size: 0, compressedSize: 0 };
const streamed: EntryPlan = {
  ...plain,
  method: 8,
  flags: UTF8 | DESCRIPTOR,
  local: unknown,
  descriptor: descriptorOf(content, { method: 8 }),
};

const renamed: EntryPlan = { name: "?", flags: 0, extra: unicodePathField("?", "\u0439") };

/** A local header that differs from the central one in one field. */
const DIFFERENCES = [
  ["local-header", "no signature", { signature: 0x04034b51 }, {}],
  ["local-name", "another name", { name: "g" }, {}],
  ["local-name", "a name that leads elsewhere", { name: "../../etc/passwd" }, {}],
  ["local-name", "the same name in another form", { name: "./f" }, {}],
  ["local-method", "another method", { method: 8 }, {}],
  ["local-flags", "encryption", { flags: UTF8 | 1 }, {}],
  ["local-flags", "a descriptor", { flags: UTF8 | DESCRIPTOR }, {}],
  ["local-flags", "another encoding of the name", { flags: 0 }, {}],
  ["local-crc", "another CRC", { crc32: 1 }, {}],
  ["local-crc", "no CRC", { crc32: 0 }, {}],
  ["local-size", "another size", { size: 39 }, {}],
  ["local-size", "another compressed size", { compressedSize: 39 }, {}],
  ["local-size", "no sizes", { size: 0, compressedSize: 0 }, {}],
  ["local-size", "other sizes of 64 bits", wide(41), wide(40)],
] as const;

export const HOSTILE_LOCALS: readonly HostileCase[] = [
  ...DIFFERENCES.map(([reason, title, hostile, benign]) =>
    entriesCase(reason, `a local header with ${title}`, {
      hostile: [{ ...plain, local: hostile }],
      benign: [{ ...plain, local: benign }],
    }),
  ),
  entriesCase("local-crc", "a wrong CRC before a descriptor", {
    hostile: [{ ...streamed, local: { ...unknown, crc32: 7 } }],
    benign: [streamed],
  }),
  entriesCase("local-size", "a wrong size before a descriptor", {
    hostile: [{ ...streamed, local: { ...unknown, size: 7 } }],
    benign: [{ ...streamed, local: { ...unknown, size: 40 } }],
  }),
  entriesCase("zip64-extra", "64-bit sizes that the local header lacks", {
    hostile: [{ ...plain, local: { size: 0xffff_ffff, compressedSize: 0xffff_ffff, extra: zip64Field(40) } }],
    benign: [{ ...plain, local: { size: 0xffff_ffff, compressedSize: 0xffff_ffff, extra: zip64Field(40, 40) } }],
  }),
  entriesCase("unicode-path", "a unicode path in the local header alone", {
    hostile: [{ name: "safe.txt", local: { extra: unicodePathField("safe.txt", "other.txt") } }],
    benign: [{ name: "safe.txt", local: { extra: unicodePathField("safe.txt", "safe.txt") } }],
  }),
  ...[
    ["a", "/a"],
    ["a/b", "a\\b"],
    ["Icon", "Icon\r"],
  ].map(([name = "", to = ""]) =>
    entriesCase("unicode-path", `a unicode path in the local header alone: ${JSON.stringify(to)}`, {
      hostile: [{ name, flags: 0, local: { extra: unicodePathField(name, to) } }],
      benign: [{ name, flags: 0, local: { extra: unicodePathField(name, name) } }],
    }),
  ),
  entriesCase("unicode-path", "another unicode path in the local header than in the directory", {
    hostile: [{ ...renamed, local: { extra: unicodePathField("?", "\u043a") } }],
    benign: [{ ...renamed, local: { extra: unicodePathField("?", "\u0439") } }],
  }),
  entriesCase("descriptor", "a descriptor that is missing", {
    hostile: [{ ...plain, flags: UTF8 | DESCRIPTOR }],
    benign: [{ ...plain, flags: UTF8 | DESCRIPTOR, descriptor: descriptorOf(content) }],
  }),
  entriesCase("descriptor", "a descriptor with another CRC", {
    hostile: [{ ...streamed, descriptor: descriptorOf(content, { method: 8, crc32: 1 }) }],
    benign: [{ ...streamed, descriptor: descriptorOf(content, { method: 8, isSigned: false }) }],
  }),
  entriesCase("descriptor", "a descriptor with another size", {
    hostile: [{ ...streamed, descriptor: descriptorOf(content, { method: 8, size: 41 }) }],
    benign: [{ ...streamed, descriptor: descriptorOf(content, { method: 8, isWide: true }) }],
  }),
];

function wide(size: number): { size: number; compressedSize: number; extra: Buffer } {
  return { size: 0xffff_ffff, compressedSize: 0xffff_ffff, extra: zip64Field(size, size) };
}
