import { crc32, deflateRawSync } from "node:zlib";
import { buildZip, DESCRIPTOR, descriptorOf, type EntryPlan, UTF8 } from "../build-zip.ts";
import { type HostileCase, neighbours } from "./hostile-case.ts";

const plain: EntryPlan = { name: "f", content: "content of an entry, content of an entry" };
const streamed: EntryPlan = {
  ...plain,
  flags: UTF8 | DESCRIPTOR,
  local: { crc32: 0, size: 0, compressedSize: 0 },
  descriptor: descriptorOf("content of an entry, content of an entry"),
};

const behind: EntryPlan = { name: "behind", content: Buffer.alloc(200) };

export const HOSTILE_RANGES: readonly HostileCase[] = [
  {
    title: "one content under two names",
    reason: "overlap",
    hostile: () => buildZip([plain, { ...plain, name: "g", offset: 0, isCentralOnly: true }]),
    benign: () => buildZip([plain, { ...plain, name: "g" }]),
  },
  {
    title: "an entry inside of the descriptor of another",
    reason: "overlap",
    hostile: () => buildZip([streamed, { ...plain, name: "g", offset: 31 + 40 + 4, isCentralOnly: true }, behind]),
    benign: () => buildZip([streamed, { ...plain, name: "g" }, behind]),
  },
  {
    title: "an entry inside of the content of another",
    reason: "overlap",
    hostile: () =>
      buildZip([
        { name: "o", content: localPart(plain) },
        { ...plain, offset: 31, isCentralOnly: true },
      ]),
    benign: () => buildZip([{ name: "o", content: localPart(plain) }, plain]),
  },
  {
    title: "a content that reaches into the next entry",
    reason: "overlap",
    hostile: () => buildZip([{ ...plain, size: 41, compressedSize: 41 }, { name: "g" }]),
    benign: () => buildZip([plain, { name: "g" }]),
  },
  {
    title: "local headers that quote each other, one kernel for all (D. Fifield, 2019)",
    reason: "overlap",
    hostile: () => quoting(20),
    benign: () => quoting(1),
  },
  {
    title: "a local header behind the end",
    reason: "out-of-bounds",
    hostile: (random) => buildZip([...neighbours("a", random), { ...plain, offset: 2 ** 31 }]),
    benign: (random) => buildZip([...neighbours("a", random), plain]),
  },
  {
    title: "a local header in the central directory",
    reason: "out-of-bounds",
    hostile: () => buildZip([plain, { name: "g", offset: 80, isCentralOnly: true }]),
    benign: () => buildZip([plain, { name: "g" }]),
  },
  {
    title: "a content that reaches into the central directory",
    reason: "out-of-bounds",
    hostile: () => buildZip([{ ...plain, size: 41, compressedSize: 41 }]),
    benign: () => buildZip([plain]),
  },
  {
    title: "a local name that reaches into the central directory",
    reason: "out-of-bounds",
    hostile: () => withUint16(buildZip([plain]), 26, 0xffff),
    benign: () => withUint16(buildZip([plain]), 26, 1),
  },
  {
    title: "local extra fields that reach into the central directory",
    reason: "out-of-bounds",
    hostile: () => withUint16(buildZip([plain]), 28, 0xffff),
    benign: () => withUint16(buildZip([plain]), 28, 0),
  },
];

/** The local header and the content of an entry alone. */
function localPart(entry: EntryPlan): Buffer {
  const bytes = buildZip([entry]);
  return bytes.subarray(0, bytes.readUInt32LE(bytes.length - 6));
}

/** The bomb without overlaps of names: each content starts with the next local header as a stored block, and goes on as its content. */
function quoting(count: number): Buffer {
  let content = Buffer.alloc(100_000);
  let data = deflateRawSync(content);
  let body = Buffer.alloc(0);
  const plans: EntryPlan[] = [];
  for (let index = count - 1; index >= 0; index -= 1) {
    const entry: EntryPlan = {
      name: `${String(index).padStart(3, "0")}`,
      content,
      data,
      method: 8,
      crc32: crc32(content),
    };
    const header = localPart({ ...entry, mode: 0o100644 }).subarray(0, 33);
    const quote = Buffer.from([0, 33, 0, 33 ^ 0xff, 0xff]);
    body = Buffer.concat([header, plans.length === 0 ? data : body]);
    plans.unshift(entry);
    content = Buffer.concat([header, content]);
    data = Buffer.concat([quote, header, data]);
    if (index > 0) body = Buffer.concat([quote, body]);
  }
  return buildZip(
    plans.map((entry, index) => ({ ...entry, offset: index * 38, isCentralOnly: true })),
    { prefix: body },
  );
}

function withUint16(bytes: Buffer, position: number, value: number): Buffer {
  bytes.writeUInt16LE(value, position);
  return bytes;
}
