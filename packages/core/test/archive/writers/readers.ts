import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { decodeName } from "../../../src/archive/format/name-encoding.ts";
import { run } from "../tools.ts";
import type { Form } from "./writer.ts";

/** What lies below a directory, by name: "directory", the target of a link, or a digest of a file's content. */
export type Contents = Readonly<Record<string, string>>;

interface Reader {
  readonly name: string;
  /** Unpacks an archive into an empty directory. */
  unpack(archive: string, directory: string): Promise<unknown>;
}

/** Other programs that unpack an archive. */
export const READERS: readonly Reader[] = [
  {
    name: "unzip",
    unpack: (archive, directory) => run("sh", ["-c", WITH_WARNINGS, "sh", archive, directory]),
  },
  { name: "bsdtar", unpack: (archive, directory) => run("bsdtar", ["-xf", archive, "-C", directory]) },
  { name: "python3", unpack: (archive, directory) => run("python3", ["-c", EXTRACT_ALL, archive, directory]) },
  { name: "7z", unpack: (archive, directory) => run("7z", ["x", "-y", `-o${directory}`, archive]) },
];

/** unzip exits with 1 where it warns, as of a "/" at the start of a name. */
const WITH_WARNINGS = 'unzip -qq -o "$1" -d "$2" || test $? = 1';
const EXTRACT_ALL = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])";

interface Difference {
  readonly reader: string;
  readonly reason: string;
  applies(form: Form): boolean;
  /** What the reader makes of a tree that is right. */
  seen(contents: Contents): Contents;
}

/** Where a reader is known to make another tree. Both trees are compared as it sees them. */
const KNOWN_DIFFERENCES: readonly Difference[] = [
  {
    reader: "python3",
    reason: "zipfile makes no links: it writes where they lead into a file",
    applies: () => true,
    seen: (contents) => mapped(contents, (name, what) => [name, what.replace(/^-> (.*)$/, (_, to) => digestOf(to))]),
  },
  {
    reader: "python3",
    reason: "zipfile takes names without bit 11 for code page 437, also those of Unix",
    applies: ({ names }) => names === "unflagged",
    seen: (contents) => mapped(contents, (name, what) => [inCodePage437(name), what]),
  },
  {
    reader: "unzip",
    reason: "unzip 6.0 of Debian takes names of DOS for code page 850, also with bit 11",
    applies: ({ names }) => names === "dos" || names === "guessed",
    seen: inAscii,
  },
  {
    reader: "python3",
    reason: "names that nothing tells are guessed, and zipfile guesses code page 437",
    applies: ({ names }) => names === "guessed",
    seen: inAscii,
  },
];

/** Returns what a reader is expected to make of an archive that we restore to `contents`, and how to look at what it made. */
export function lookOf(
  reader: string,
  form: Form,
): { expected(own: Contents): Contents; found(its: Contents): Contents } {
  const known = KNOWN_DIFFERENCES.filter((each) => each.reader === reader && each.applies(form));
  const isBlind = known.some(({ seen }) => seen === inAscii);
  return {
    expected: (own) => known.reduce((contents, { seen }) => seen(contents), own),
    found: (its) => (isBlind ? inAscii(its) : its),
  };
}

/** What lies below a directory. Names that are not UTF-8 are told by their bytes. */
export function contentsOf(root: string): Contents {
  const contents: Record<string, string> = {};
  const walk = (below: Buffer) => {
    for (const name of readdirSync(pathOf(root, below), { encoding: "buffer" })) {
      const inside = below.length === 0 ? name : Buffer.concat([below, Buffer.from("/"), name]);
      contents[inside.toString("utf8")] = describe(pathOf(root, inside));
      if (lstatSync(pathOf(root, inside)).isDirectory()) walk(inside);
    }
  };
  walk(Buffer.alloc(0));
  return contents;
}

function pathOf(root: string, inside: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), inside]);
}

function describe(path: Buffer): string {
  const stats = lstatSync(path);
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  return stats.isFile() ? digestOf(readFileSync(path)) : "special";
}

function digestOf(content: Buffer | string): string {
  return `${Buffer.byteLength(content)} bytes, ${createHash("sha256").update(content).digest("hex").slice(0, 16)}`;
}

function mapped(contents: Contents, change: (name: string, what: string) => [string, string]): Contents {
  return Object.fromEntries(Object.entries(contents).map(([name, what]) => change(name, what)));
}

function inCodePage437(name: string): string {
  return decodeName(Buffer.from(name), "cp437");
}

function inAscii(contents: Contents): Contents {
  return Object.fromEntries(Object.entries(contents).filter(([name]) => /^[ -~]*$/.test(name)));
}
