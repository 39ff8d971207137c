import { type EntryPlan, extraField, UTF8, withDisk, zip64Field } from "../build-zip.ts";
import { entriesCase, type HostileCase } from "./hostile-case.ts";

const content = "content of an entry, content of an entry";
const plain: EntryPlan = { name: "f", content };
const deflated: EntryPlan = { name: "f", content, method: 8 };
const MAX = 0xffff_ffff;
const local = { size: 40, compressedSize: 40 };
const limits = { maxEntries: 200_000, maxTotalSize: 5000, maxFileSize: 4000 };

export const HOSTILE_ENTRIES: readonly HostileCase[] = [
  entriesCase("central-directory-malformed", "an entry with another signature", {
    hostile: [{ ...plain, centralSignature: 0x02014b51 }],
    benign: [plain],
  }),
  entriesCase("extra-field", "an extra field longer than its area", {
    hostile: [{ ...plain, extra: Buffer.from([1, 2, 9, 0, 1]) }],
    benign: [{ ...plain, extra: extraField(0x201, Buffer.alloc(1)) }],
  }),
  entriesCase("extra-field", "an extra field that is cut off", {
    hostile: [{ ...plain, extra: Buffer.from([1, 2, 0]) }],
    benign: [{ ...plain, extra: Buffer.from([1, 2, 0, 0]) }],
  }),
  entriesCase("extra-field", "bytes behind the extra fields that are not all zeros", {
    hostile: [{ ...plain, extra: Buffer.from([1, 2, 0, 0, 0, 0, 1]) }],
    benign: [{ ...plain, extra: Buffer.from([1, 2, 0, 0, 0, 0, 0]) }],
  }),
  entriesCase("extra-field", "two zip64 fields", {
    hostile: [{ ...plain, size: MAX, extra: Buffer.concat([zip64Field(40), zip64Field(41)]) }],
    benign: [{ ...plain, size: MAX, local: { size: 40 }, extra: zip64Field(40) }],
  }),
  entriesCase("zip64-extra", "a 64-bit size that is missing", {
    hostile: [{ ...plain, size: MAX, compressedSize: MAX, extra: zip64Field(40) }],
    benign: [
      { ...plain, size: MAX, compressedSize: MAX, local: { size: 40, compressedSize: 40 }, extra: zip64Field(40, 40) },
    ],
  }),
  entriesCase("zip64-extra", "a zip64 field with a number too many", {
    hostile: [{ ...plain, size: MAX, local: { size: 40 }, extra: zip64Field(40, 41) }],
    benign: [{ ...plain, size: MAX, local: { size: 40 }, extra: zip64Field(40, 40) }],
  }),
  entriesCase("number-too-large", "a size of 2^63", {
    hostile: [{ ...plain, size: MAX, extra: zip64Field(2n ** 63n) }],
    benign: [{ ...plain, size: MAX, local: { size: 40 }, extra: zip64Field(40) }],
  }),
  entriesCase("zip64-extra", "an offset that is not needed and leads elsewhere", {
    hostile: [{ ...plain, size: MAX, compressedSize: MAX, local, extra: zip64Field(40, 40, 1) }],
    benign: [{ ...plain, size: MAX, compressedSize: MAX, local, extra: zip64Field(40, 40, 0) }],
  }),
  entriesCase("zip64-extra", "a compressed size that is another where all numbers have a fixed place", {
    hostile: [{ ...plain, compressedSize: MAX, local, extra: zip64Field(40, 39) }],
    benign: [{ ...plain, compressedSize: MAX, local, extra: zip64Field(40, 40) }],
  }),
  entriesCase("zip64-extra", "numbers that nobody needs and that are not those of the header", {
    hostile: [{ ...plain, extra: zip64Field(41, 40) }],
    benign: [{ ...plain, extra: zip64Field(40, 40) }],
  }),
  entriesCase("multiple-disks", "an entry on another disk", { hostile: [{ ...plain, disk: 3 }], benign: [plain] }),
  entriesCase("multiple-disks", "a disk that only a zip64 field could tell, without one", {
    hostile: [{ ...plain, disk: 0xffff }],
    benign: [{ ...plain, disk: 0xffff, extra: withDisk(zip64Field(40, 40), 0) }],
  }),
  entriesCase("multiple-disks", "another disk in a zip64 field", {
    hostile: [{ ...plain, disk: 0xffff, extra: withDisk(zip64Field(40, 40), 1) }],
    benign: [{ ...plain, disk: 0xffff, extra: withDisk(zip64Field(40, 40), 0) }],
  }),
  ...[0, 6, 13].map((bit) =>
    entriesCase("encrypted", `the encryption flag ${bit}`, {
      hostile: [{ ...deflated, flags: UTF8 | (1 << bit) }],
      benign: [{ ...deflated, flags: UTF8 | (1 << 1) }],
    }),
  ),
  entriesCase("patch-data", "the flag of a patch", {
    hostile: [{ ...plain, flags: UTF8 | (1 << 5) }],
    benign: [plain],
  }),
  ...[1, 9, 12, 14, 93, 99].map((method) =>
    entriesCase("method", `the method ${method}`, { hostile: [{ ...plain, method }], benign: [deflated] }),
  ),
  entriesCase("stored-size", "a stored entry that says it grows", {
    hostile: [{ ...plain, size: 41 }],
    benign: [plain],
  }),
  entriesCase("impossible-size", "a size that deflate cannot reach", {
    hostile: [{ ...deflated, size: 2 ** 31 }],
    benign: [{ name: "f", content: Buffer.alloc(1_000_000), method: 8 }],
  }),
  entriesCase("directory-with-content", "a directory with content", {
    hostile: [{ name: "d/", mode: 0o040755, content }],
    benign: [{ name: "d/", mode: 0o040755 }],
  }),
  entriesCase("directory-with-content", "a directory, by its mode alone, with content", {
    hostile: [{ name: "d", mode: 0o040755, content }],
    benign: [{ name: "d", mode: 0o040755 }],
  }),
  entriesCase("required-file", "a required file that is missing", {
    hostile: [{ name: "data.db2" }],
    benign: [{ name: "data.db" }],
    rules: { requiredFiles: ["data.db"] },
  }),
  entriesCase("required-file", "a required file that is a link", {
    hostile: [{ name: "data.db", mode: 0o120777, content: "/etc/passwd" }],
    benign: [{ name: "data.db" }],
    rules: { requiredFiles: ["data.db"] },
  }),
  entriesCase("required-file", "a required file that is a directory", {
    hostile: [{ name: "data.db", mode: 0o040755 }],
    benign: [{ name: "data.db" }],
    rules: { requiredFiles: ["data.db"] },
  }),
  entriesCase("file-too-large", "a file over the limit", {
    hostile: [{ name: "f", content: Buffer.alloc(4001) }],
    benign: [{ name: "f", content: Buffer.alloc(3000) }],
    rules: { limits },
  }),
  entriesCase("total-too-large", "files over the limit together", {
    hostile: [
      { name: "f", content: Buffer.alloc(3000) },
      { name: "g", content: Buffer.alloc(3000) },
    ],
    benign: [{ name: "f", content: Buffer.alloc(3000) }],
    rules: { limits },
  }),
  entriesCase("too-many-entries", "entries over the limit", {
    hostile: Array.from({ length: 30 }, (_, index) => ({ name: `${index}` })),
    benign: Array.from({ length: 3 }, (_, index) => ({ name: `${index}` })),
    rules: { limits: { ...limits, maxEntries: 20 } },
  }),
  entriesCase("too-many-entries", "names that imply directories over the limit", {
    hostile: [{ name: `${"d/".repeat(30)}f` }],
    benign: [{ name: `${"d/".repeat(3)}f` }],
    rules: { limits: { ...limits, maxEntries: 20 } },
  }),
  entriesCase("left-out-record", "a record of what was left out that says nothing", {
    hostile: [{ name: ".stowage/left-out.json", content: "{}" }],
    benign: [{ name: ".stowage/left-out.json", content: '{"version":1,"exclude":[],"skipped":[]}' }],
  }),
];
