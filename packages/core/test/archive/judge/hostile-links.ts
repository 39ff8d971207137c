import { deflateRawSync } from "node:zlib";
import type { EntryPlan } from "../build-zip.ts";
import { entriesCase, type HostileCase } from "./hostile-case.ts";

const link: EntryPlan = { name: "l", mode: 0o120777, content: "before/0.txt" };
const packed: EntryPlan = { ...link, method: 8, content: "x".repeat(4095) };
const benign = [link];

/** Where a link leads is read with the end of the archive: it decides whether there is one at all. */
export const HOSTILE_LINKS: readonly HostileCase[] = [
  entriesCase("link-target", "a link that leads nowhere", { hostile: [{ ...link, content: "" }], benign }),
  entriesCase("link-target", "a link with a NUL in its target", { hostile: [{ ...link, content: "a\0b" }], benign }),
  entriesCase("link-target", "a link to a path that is too long", {
    hostile: [{ ...link, content: "a".repeat(4096) }],
    benign: [{ ...link, content: "a".repeat(4095) }],
  }),
  entriesCase("link-target", "a link of four gigabytes", {
    hostile: [{ ...packed, size: 4_000_000_000, data: Buffer.alloc(4_000_000) }],
    benign: [packed],
  }),
  entriesCase("link-target", "a link whose few bytes come of many", {
    hostile: [{ ...packed, content: "a", data: Buffer.alloc(9000) }],
    benign: [packed],
  }),
  entriesCase("link-target", "links that lead to sixteen megabytes of paths together", {
    hostile: Array.from({ length: 4098 }, (_, index) => ({ ...packed, name: `l${index}` })),
    benign: Array.from({ length: 4096 }, (_, index) => ({ ...packed, name: `l${index}` })),
  }),
  entriesCase("content-crc", "a link with another CRC", { hostile: [{ ...link, crc32: 1 }], benign }),
  entriesCase("content-size", "a link that is longer than it says", {
    hostile: [{ ...packed, size: 9, content: "a/very/long/path" }],
    benign: [packed],
  }),
  entriesCase("content-deflate", "a link that is not deflated", {
    hostile: [{ ...packed, data: Buffer.from("\x07\x07not deflated") }],
    benign: [packed],
  }),
  entriesCase("content-unconsumed", "a link with bytes behind it", {
    hostile: [{ ...packed, content: "a", data: Buffer.concat([deflateRawSync("a"), Buffer.alloc(5)]) }],
    benign: [packed],
  }),
  entriesCase("local-name", "a link with another name in its local header", {
    hostile: [{ ...link, local: { name: "m" } }],
    benign,
  }),
  entriesCase("required-file", "a link in the place of a required file", {
    hostile: [link],
    benign: [{ name: "l", content: "a file" }],
    rules: { requiredFiles: ["l"] },
  }),
  entriesCase("file-directory-conflict", "a file below a link that comes later", {
    hostile: [{ name: "l/passwd", content: "x" }, link],
    benign: [{ name: "m/passwd", content: "x" }, link],
  }),
  entriesCase("colliding-names", "a link whose name differs in case from that of a directory", {
    hostile: [{ ...link, name: "L" }, { name: "l/f" }],
    benign: [{ ...link, name: "M" }, { name: "l/f" }],
    rules: { folding: { case: true, form: false } },
  }),
];
