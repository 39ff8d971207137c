import type { ArchiveReason } from "../../../src/archive/format/invalid-archive.ts";
import { WINDOWS } from "../../../src/disk/platform.ts";
import { type EntryPlan, unicodePathField } from "../build-zip.ts";
import { entriesCase, type HostileCase } from "./hostile-case.ts";

const ok: EntryPlan[] = [{ name: "fine.txt", content: "x" }];

/** A name that is no UTF-8. */
const CODED = Buffer.from([0x81]);

/** Each hostile name beside the nearest that is harmless. */
const NAMES: readonly [ArchiveReason, hostile: string | Buffer, benign: string][] = [
  ["name-dot-segment", "../evil", "..evil"],
  ["name-dot-segment", "a/../../evil", "a/..evil"],
  ["name-dot-segment", "a/..", "a/..."],
  ["name-dot-segment", "./../a", "./a"],
  ["name-absolute", ".//./a", ".a"],
  ["name-dot-segment", "a/./b", "a/.b"],
  ["name-dot-segment", "./..", ".b/"],
  ["name-dot-segment", "a/./", "././a/"],
  ["name-dot-segment", "../", "..b/"],
  ["name-absolute", "/etc/passwd", "etc/passwd"],
  ["name-absolute", "//host/share", "host/share"],
  ["name-absolute", ".//etc/passwd", "./etc/passwd"],
  ["name-absolute", "//", "root/"],
  ["name-drive", "C:/windows/evil", "C/windows/evil"],
  ["name-drive", "c:evil", "cc:evil"],
  ["name-backslash", "..\\evil", "..evil"],
  ["name-backslash", "a\\b", "a b"],
  ["name-empty", "", "empty"],
  ["name-empty-segment", "a//b", "a/b"],
  ["name-empty-segment", "a//", "a/"],
  ["name-control-character", "a\0.txt", "a0.txt"],
  ["name-control-character", "a\nb", "a b"],
  ["name-control-character", "\u001b[2J", "[2J"],
  ["name-control-character", "a\u007f", "a~"],
  ["name-component-too-long", "n".repeat(256), "n".repeat(255)],
  ["name-component-too-long", `a/${"é".repeat(128)}/b`, `a/${"é".repeat(127)}/b`],
  ["name-too-long", `${"d".repeat(200)}/`.repeat(21), `${"d".repeat(200)}/`.repeat(20)],
  ["name-too-deep", `${"d/".repeat(128)}f`, `${"d/".repeat(127)}f`],
  ["name-encoding", Buffer.from([0x61, 0xff, 0xfe]), "aÿ"],
  ["name-encoding", Buffer.from([0xc0, 0xae, 0xc0, 0xae, 0x2f, 0x61]), "..a"],
  ["name-encoding", Buffer.from([0xed, 0xa0, 0x80]), "\u{10000}"],
];

export const HOSTILE_NAMES: readonly HostileCase[] = [
  ...NAMES.map(([reason, hostile, benign]) =>
    entriesCase(reason, `the name ${JSON.stringify(hostile.toString().slice(0, 40))}`, {
      hostile: [directoryOrFile(hostile)],
      benign: [directoryOrFile(benign)],
    }),
  ),
  entriesCase("name-dot-segment", "a dot segment in code page 437", {
    hostile: [{ name: Buffer.from("\x80/../b", "latin1"), flags: 0, madeBy: 0 }],
    benign: [{ name: Buffer.from("\x80/b", "latin1"), flags: 0, madeBy: 0 }],
  }),
  entriesCase("unicode-path", "a unicode path that leads elsewhere", {
    hostile: [{ name: "safe.txt", extra: unicodePathField("safe.txt", "../evil.txt") }],
    benign: [{ name: "safe.txt", extra: unicodePathField("safe.txt", "safe.txt") }],
  }),
  entriesCase("duplicate-name", "two files of one name", {
    hostile: [...ok, ...ok],
    benign: [...ok, { name: "fine2.txt", content: "x" }],
  }),
  entriesCase("unicode-path", "a unicode path beside a name that is UTF-8 already", {
    hostile: [{ name: "safe.txt", extra: unicodePathField("safe.txt", "other.txt") }],
    benign: [{ name: "safe.txt", flags: 0, extra: unicodePathField("safe.txt", "other.txt") }],
  }),
  entriesCase("unicode-path", "a unicode path that leads elsewhere, beside a name in a code page", {
    hostile: [{ name: CODED, flags: 0, madeBy: 0, extra: unicodePathField(CODED, "../evil") }],
    benign: [{ name: CODED, flags: 0, madeBy: 0, extra: unicodePathField("stale", "../evil") }],
  }),
  entriesCase("unicode-path", "a unicode path that is not UTF-8", {
    hostile: [{ name: CODED, flags: 0, madeBy: 0, extra: unicodePathField(CODED, Buffer.from([0xff])) }],
    benign: [{ name: CODED, flags: 0, madeBy: 0, extra: unicodePathField(CODED, "\u0439") }],
  }),
  entriesCase("unicode-path", "a unicode path that makes a directory of a file", {
    hostile: [{ name: CODED, flags: 0, madeBy: 0, extra: unicodePathField(CODED, "\u0439/") }],
    benign: [{ name: CODED, flags: 0, madeBy: 0, extra: unicodePathField(CODED, "\u0439") }],
  }),
  entriesCase("name-dot-segment", "a unicode path that is safe beside a name that is not", {
    hostile: [{ name: "../a", flags: 0, madeBy: 0, extra: unicodePathField("../a", "a") }],
    benign: [{ name: "..a", flags: 0, madeBy: 0, extra: unicodePathField("..a", "a") }],
  }),
  entriesCase("duplicate-name", "two unicode paths of one name", {
    hostile: [renamed(CODED, "\u0439"), renamed(Buffer.from([0x82]), "\u0439")],
    benign: [renamed(CODED, "\u0439"), renamed(Buffer.from([0x82]), "\u043a")],
  }),
  entriesCase("duplicate-name", "two names in the headers that only unicode paths tell apart", {
    hostile: [renamed(CODED, "\u0439"), renamed(CODED, "\u043a")],
    benign: [renamed(CODED, "\u0439"), renamed(Buffer.from([0x82]), "\u043a")],
  }),
  entriesCase("duplicate-name", "a file twice, once from the directory itself", {
    hostile: [{ name: "./d" }, { name: "d" }],
    benign: [{ name: "./d" }, { name: "e" }],
  }),
  entriesCase("duplicate-name", "a directory twice, once by its mode alone", {
    hostile: [{ name: "d/" }, { name: "d", mode: 0o040755 }],
    benign: [{ name: "d/" }, { name: "./d/" }, { name: "d/" }],
  }),
  entriesCase("name-dot-segment", "the directory itself as a link", {
    hostile: [{ name: "./", mode: 0o120777 }],
    benign: [{ name: "./", mode: 0o040700 }, { name: "/" }, { name: "./" }],
  }),
  entriesCase("duplicate-name", "a file and a directory of one name", {
    hostile: [{ name: "d" }, { name: "d/" }],
    benign: [{ name: "d" }, { name: "d2/" }],
  }),
  entriesCase("duplicate-name", "a file and a link of one name", {
    hostile: [{ name: "d", mode: 0o120777, content: "/etc" }, { name: "d" }],
    benign: [{ name: "d2", mode: 0o120777, content: "/etc" }, { name: "d" }],
  }),
  entriesCase("file-directory-conflict", "a file below a file", {
    hostile: [{ name: "a" }, { name: "a/b" }],
    benign: [{ name: "a/" }, { name: "a/b" }],
  }),
  entriesCase("file-directory-conflict", "a file below a file that comes later", {
    hostile: [{ name: "a/b/c" }, { name: "a/b" }],
    benign: [{ name: "a/b/c" }, { name: "a/b/" }],
  }),
  entriesCase("file-directory-conflict", "a file below a link", {
    hostile: [{ name: "a", mode: 0o120777, content: "/etc" }, { name: "a/passwd" }],
    benign: [{ name: "a", mode: 0o120777, content: "/etc" }, { name: "ab/passwd" }],
  }),
  entriesCase("file-directory-conflict", "a file below an excluded file", {
    hostile: [{ name: ".stowage" }, { name: ".stowage/new" }],
    benign: [{ name: ".stowage/" }, { name: ".stowage/new" }],
  }),
  ...[
    ["case", "Data.db", "data.db"],
    ["Unicode form", "e\u0301", "\u00e9"],
    ["case of letters beyond ASCII", "STRASSE", "stra\u00dfe"],
    ["case of a directory", "A/one", "a/two"],
    ["compatibility form", "\ufb01le", "file"],
  ].map(([which, one = "", other = ""]) =>
    entriesCase("colliding-names", `names that differ in ${which} where that is no difference`, {
      hostile: [{ name: one }, { name: other }],
      benign: [{ name: one }, { name: `${other}2` }].filter(({ name }) => !name.startsWith("a/")),
      rules: { folding: { case: true, form: true } },
    }),
  ),
  ...(
    [
      ["name-stream", "db:stream", "db.stream"],
      ["name-device", "logs/NUL.txt", "logs/NULL.txt"],
      ["name-trailing-dot-or-blank", "logs./a", "logs.d/a"],
      ["name-forbidden-character", "what?", "what!"],
    ] as const
  ).map(([reason, hostile, benign]) =>
    entriesCase(reason, `the name ${hostile} on Windows`, {
      hostile: [{ name: hostile }],
      benign: [{ name: benign }],
      rules: { nameProblem: WINDOWS.nameProblem },
    }),
  ),
];

function renamed(name: Buffer, to: string): EntryPlan {
  return { name, flags: 0, madeBy: 0, extra: unicodePathField(name, to) };
}

function directoryOrFile(name: string | Buffer): EntryPlan {
  return name.toString().endsWith("/") ? { name, mode: 0o040755 } : { name, content: "x" };
}
