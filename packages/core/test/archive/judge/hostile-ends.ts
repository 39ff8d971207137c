import type { ArchiveReason } from "../../../src/archive/format/invalid-archive.ts";
import { buildZip, type EndPlan } from "../build-zip.ts";
import { endCase, type HostileCase, neighbours } from "./hostile-case.ts";

const END = Buffer.from("PK\x05\x06".padEnd(22, "\0"), "latin1");

export const HOSTILE_ENDS: readonly HostileCase[] = [
  {
    title: "an empty file",
    reason: "too-short",
    hostile: () => Buffer.alloc(0),
    benign: (random) => buildZip(neighbours("a", random)),
  },
  {
    title: "21 bytes of an end record",
    reason: "too-short",
    hostile: () => END.subarray(0, 21),
    benign: (random) => buildZip(neighbours("a", random)),
  },
  {
    title: "random bytes",
    reason: "no-end-record",
    hostile: (random) => random.bytes(5000),
    benign: (random) => buildZip(neighbours("a", random)),
  },
  {
    title: "an archive cut off in its end record",
    reason: "no-end-record",
    hostile: (random) => buildZip(neighbours("a", random)).subarray(0, -20),
    benign: (random) => buildZip(neighbours("a", random)),
  },
  {
    title: "an archive without entries",
    reason: "no-entries",
    hostile: () => END,
    benign: (random) => buildZip(neighbours("a", random)),
  },
  endCase("trailing-bytes", "one byte behind the end", { hostile: { trailing: Buffer.alloc(1) }, benign: {} }),
  blocksCase("trailing-bytes", "blocks that are filled with zeros and one other byte", { fill: [0, 0, 1], end: {} }),
  blocksCase("ambiguous-end-record", "an earlier end record whose comment covers the real one and some zeros", {
    fill: [0],
    end: { beforeEnd: endWithComment(24) },
  }),
  blocksCase("ambiguous-end-record", "an end record in the comment, and zeros that fill the block", {
    fill: [0],
    end: { comment: END },
  }),
  endCase("trailing-bytes", "a comment that is longer than announced", {
    hostile: { comment: Buffer.from("hello"), commentSize: 4 },
    benign: { comment: Buffer.from("hello") },
  }),
  endCase("trailing-bytes", "a comment that is cut off", {
    hostile: { comment: Buffer.from("hello"), commentSize: 9 },
    benign: { comment: Buffer.from("hello") },
  }),
  endCase("ambiguous-end-record", "an end record in the comment", {
    hostile: { comment: Buffer.concat([Buffer.from("x"), END]) },
    benign: { comment: Buffer.concat([Buffer.from("x"), END.subarray(1)]) },
  }),
  endCase("ambiguous-end-record", "an end record in the comment that does not end the file", {
    hostile: { comment: Buffer.concat([END, Buffer.from("behind")]) },
    benign: { comment: Buffer.from("behind") },
  }),
  endCase("ambiguous-end-record", "an earlier end record whose comment covers the real one", {
    hostile: { beforeEnd: endWithComment(22) },
    benign: {},
  }),
  endCase("multiple-disks", "a second disk", { hostile: { disk: 1 }, benign: {} }),
  endCase("multiple-disks", "entries on another disk", { hostile: { countOnDisk: 0 }, benign: {} }),
  endCase("central-directory-position", "bytes before the archive", {
    hostile: { prefix: Buffer.alloc(7), offset: 100 },
    benign: { prefix: Buffer.alloc(7) },
  }),
  endCase("central-directory-position", "bytes between the directory and its end record", {
    hostile: { beforeEnd: Buffer.alloc(3) },
    benign: { gap: Buffer.alloc(3) },
  }),
  endCase("central-directory-position", "a directory of no bytes", { hostile: { size: 0 }, benign: {} }),
  endCase("entry-count", "more entries announced than there are", {
    hostile: { count: 5, countOnDisk: 5 },
    benign: {},
  }),
  endCase("entry-count", "fewer entries announced than there are", {
    hostile: { count: 0, countOnDisk: 0 },
    benign: {},
  }),
  {
    title: "one entry more announced than there are, in a directory of long names",
    reason: "entry-count",
    hostile: () => buildZip([{ name: "n".repeat(200) }], { count: 2, countOnDisk: 2 }),
    benign: () => buildZip([{ name: "n".repeat(200) }]),
  },
  {
    title: "a last entry that reaches into the end record",
    reason: "central-directory-malformed",
    hostile: () => withLongerComment(buildZip([{ name: "name" }])),
    benign: () => buildZip([{ name: "name" }]),
  },
  endCase("entry-count", "65,535 entries announced", { hostile: { count: 0xffff }, benign: {} }),
  endCase("zip64-locator", "a locator that points elsewhere", {
    hostile: { zip64: { recordOffset: 3n } },
    benign: { zip64: {} },
  }),
  endCase("zip64-locator", "bytes between the zip64 record and its locator", {
    hostile: { zip64: { between: Buffer.alloc(5) } },
    benign: { zip64: {} },
  }),
  endCase("zip64-end-record", "another signature", { hostile: { zip64: { signature: 1 } }, benign: { zip64: {} } }),
  endCase("zip64-end-record", "another size", { hostile: { zip64: { recordSize: 45n } }, benign: { zip64: {} } }),
  endCase("zip64-end-record", "a count that contradicts the old record", {
    hostile: { zip64: {}, count: 77 },
    benign: { zip64: {} },
  }),
  endCase("zip64-end-record", "an offset that contradicts the old record", {
    hostile: { zip64: {}, offset: 77 },
    benign: { zip64: {} },
  }),
  endCase("multiple-disks", "the disk of a zip64 record, without one", {
    hostile: { disk: 0xffff },
    benign: { disk: 0xffff, zip64: {} },
  }),
  endCase("multiple-disks", "two disks in the zip64 locator", {
    hostile: { zip64: { disks: 2 } },
    benign: { zip64: { disks: 0 } },
  }),
  endCase("multiple-disks", "another disk in the zip64 record", {
    hostile: { zip64: { disk: 1 } },
    benign: { zip64: {} },
  }),
  endCase("multiple-disks", "fewer entries on the disk in the zip64 record", {
    hostile: { zip64: { countOnDisk: 0n } },
    benign: { zip64: {} },
  }),
  endCase("number-too-large", "a directory of 2^60 bytes", {
    hostile: { zip64: { size: 2n ** 60n } },
    benign: { zip64: {} },
  }),
  endCase("number-too-large", "2^64 - 1 entries", {
    hostile: { zip64: { count: 2n ** 64n - 1n } },
    benign: { zip64: {} },
  }),
  endCase("entry-count", "2^52 entries", { hostile: { zip64: { count: 2n ** 52n } }, benign: { zip64: {} } }),
];

/** An archive whose last block of 512 bytes is filled, by zeros in the harmless one. */
function blocksCase(
  reason: ArchiveReason,
  title: string,
  { fill, end }: { fill: readonly number[]; end: EndPlan },
): HostileCase {
  const filled = (plan: EndPlan, bytes: readonly number[]) => {
    const archive = buildZip([{ name: "name" }], plan);
    const rest = 512 - (archive.length % 512);
    return Buffer.concat([archive, Buffer.alloc(rest, Buffer.from(bytes))]);
  };
  return { title, reason, hostile: () => filled(end, fill), benign: () => filled({}, [0]) };
}

/** The only entry, whose name has four bytes, announces a comment that is not there. */
function withLongerComment(bytes: Buffer): Buffer {
  bytes.writeUInt16LE(5, bytes.length - 22 - 50 + 32);
  return bytes;
}

/** An end record that takes everything behind it for its comment. */
function endWithComment(size: number): Buffer {
  const bytes = Buffer.from(END);
  bytes.writeUInt16LE(size, 20);
  return bytes;
}
