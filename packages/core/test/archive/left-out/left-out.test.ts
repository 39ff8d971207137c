import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { bufferReader } from "../../../src/archive/archive-reader.ts";
import type { Walk } from "../../../src/archive/create/walk-directory.ts";
import { writeArchive } from "../../../src/archive/create/write-archive.ts";
import { readCentralDirectory } from "../../../src/archive/judge/read-central-directory.ts";
import {
  decodeLeftOut,
  encodeLeftOut,
  LEFT_OUT_ENTRY,
  LEFT_OUT_SIZE_MAX,
} from "../../../src/archive/left-out/left-out.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { bytesOf, judged, noSignal } from "../archives.ts";
import { buildZip } from "../build-zip.ts";
import { directoryOf } from "../trees.ts";

describe("what was left out", () => {
  test("comes back as it was told, sorted by name, each name once", () => {
    const foreign = {
      name: "b\ufffd",
      nameBase64: Buffer.from([0x62, 0xe9]).toString("base64"),
      reason: "unsafe-name",
    };
    const skipped = [
      { name: "\u{1f600}", reason: "fifo" },
      { name: "\uffee", reason: "symlink" },
      foreign,
      { name: "closed/", reason: "unreadable" },
      { name: "\uffee", reason: "symlink" },
      { name: "gone", reason: "vanished" },
      { name: "log", reason: "grew" },
    ];

    const bytes = encodeLeftOut({ exclude: ["z", "a/**"], skipped });

    expect(decodeLeftOut(bytes ?? Buffer.alloc(0))).toEqual({
      exclude: ["z", "a/**"],
      skipped: [
        foreign,
        { name: "closed", reason: "unreadable" },
        { name: "\uffee", reason: "symlink" },
        { name: "\u{1f600}", reason: "fifo" },
      ],
    });
  });

  test("is not said if it is nothing, or nothing that a backup loses", () => {
    expect(encodeLeftOut({ exclude: [], skipped: [] })).toBeUndefined();
    expect(encodeLeftOut({ exclude: [], skipped: [{ name: "gone", reason: "vanished" }] })).toBeUndefined();
  });

  test("of more than 16 MiB fails the archive before a byte of it is read", async () => {
    const walk = walkOf(Array.from({ length: 80_000 }, (_, index) => `${"x".repeat(200)}${index}`));

    expect(() => writeArchive(walk, { disk: nodeDisk, signal: noSignal, onUnreadable: "skip" })).toThrow(
      expect.objectContaining({ code: "SOURCE_UNREADABLE" }),
    );
  });

  test.each([[[]], [['"\\\u0001'.repeat(500)]], [Array.from({ length: 3_000 }, (_, index) => `pipe ${index}`)]])(
    "never makes an archive larger than it was announced",
    async (names) => {
      for (const globs of [[], ["é".repeat(999)]]) {
        const archive = writeArchive(walkOf(names), {
          disk: nodeDisk,
          signal: noSignal,
          onUnreadable: "skip",
          level: 0,
          globs,
        });

        expect((await bytesOf(archive.content)).length).toBeLessThanOrEqual(archive.sizeBound);
      }
    },
  );

  test("is said too of files that are skipped while they are read, within the announced size", async () => {
    const root = await directoryOf(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`"${index}`, "x"])));
    const entries = Array.from({ length: 300 }, (_, index) => ({
      name: `"${index}`,
      size: 1,
      mode: 0o100644,
      modifiedAtMs: 0,
      dev: 0,
      ino: index,
    }));
    const openFile = () => Promise.reject(Object.assign(new Error("EACCES"), { code: "EACCES" }));
    const archive = writeArchive(
      { root, realRoot: root, rootIdentity: IDENTITY, links: [], hardLinks: [], entries, skipped: [], size: 300 },
      { disk: { ...nodeDisk, openFile }, signal: noSignal, onUnreadable: "skip", level: 0 },
    );

    const bytes = await bytesOf(archive.content);

    expect(bytes.length).toBeLessThanOrEqual(archive.sizeBound);
    expect((await judged(bytes)).record.skipped).toHaveLength(300);
    expect(archive.entries).toBe(0);
  });

  test("does not count against the limit of entries", async () => {
    const files = ["a", "b"].map((name) => ({ name, content: name }));
    const limits = { maxEntries: 2, maxTotalSize: 100, maxFileSize: 100 };

    expect((await judged(buildZip([...files, record(EMPTY)]), { limits })).entries).toHaveLength(2);
    await expect(
      judged(buildZip([...files, { name: "c", content: "" }, record(EMPTY)]), { limits }),
    ).rejects.toMatchObject({
      reason: "too-many-entries",
    });
  });

  test("is the last entry, and the same bytes each time", async () => {
    const root = await directoryOf({ a: "x", "z/b": "y" });
    const { dev, ino } = await lstat(join(root, "a"));
    const entries = [{ name: "a", size: 1, mode: 0o100644, modifiedAtMs: 0, dev, ino }];
    const skipped = [{ name: "z", reason: "fifo" }];
    const walk: Walk = {
      root,
      realRoot: root,
      rootIdentity: IDENTITY,
      links: [],
      hardLinks: [],
      entries,
      skipped,
      size: 1,
    };
    const make = async () =>
      bytesOf(writeArchive(walk, { disk: nodeDisk, signal: noSignal, onUnreadable: "fail" }).content);
    const [first, second] = [await make(), await make()];

    expect(first.equals(second)).toBe(true);
    const { entries: listed } = await readCentralDirectory(bufferReader(first), { maxEntries: 9, signal: noSignal });
    expect(listed.map(({ name }) => name)).toEqual(["a", LEFT_OUT_ENTRY]);
  });
});

describe("a record that is hostile or damaged", () => {
  test.each([
    ["no JSON", "{"],
    ["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["another version", `{"version":2,"exclude":[],"skipped":[]}`],
    ["no object", "[1]"],
    ["no globs", `{"version":1,"skipped":[]}`],
    ["globs that are none", `{"version":1,"exclude":[1],"skipped":[]}`],
    ["a glob that cannot mean anything", `{"version":1,"exclude":["/etc"],"skipped":[]}`],
    ["names that are none", `{"version":1,"exclude":[],"skipped":["a"]}`],
    ["an empty name", `{"version":1,"exclude":[],"skipped":[{"name":"","reason":"fifo"}]}`],
    ["a reason that is none", `{"version":1,"exclude":[],"skipped":[{"name":"a","reason":"\\u001b[2J"}]}`],
  ])("is refused: %s", async (_flaw, content) => {
    await expect(judged(buildZip([{ name: "a", content: "a" }, record(content)]))).rejects.toMatchObject({
      code: "INVALID_ARCHIVE",
      reason: "left-out-record",
    });
  });

  test("is refused before it is inflated to more than 16 MiB", async () => {
    const content = EMPTY.padEnd(LEFT_OUT_SIZE_MAX + 1, " ");

    await expect(judged(buildZip([{ ...record(content), method: 8 }]))).rejects.toMatchObject({
      reason: "left-out-record",
    });
  });

  test("is refused where its content is not what its header says", async () => {
    await expect(judged(buildZip([{ ...record(EMPTY), crc32: 1 }]))).rejects.toMatchObject({ reason: "content-crc" });
  });

  test("is refused as a directory", async () => {
    const plans = [
      { name: "a", content: "a" },
      { name: LEFT_OUT_ENTRY, mode: 0o040755 },
    ];

    await expect(judged(buildZip(plans))).rejects.toMatchObject({ reason: "left-out-record" });
  });
});

const IDENTITY = { dev: 0, ino: 0 };
const EMPTY = `{"version":1,"exclude":[],"skipped":[]}`;

function record(content: string | Buffer) {
  return { name: LEFT_OUT_ENTRY, content };
}

function walkOf(names: readonly string[]): Walk {
  return {
    root: "/nowhere",
    realRoot: "/nowhere",
    rootIdentity: IDENTITY,
    links: [],
    hardLinks: [],
    entries: [],
    size: 0,
    skipped: names.map((name) => ({ name, reason: "unsafe-name" })),
  };
}
