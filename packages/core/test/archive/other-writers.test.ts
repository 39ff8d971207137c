import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { SeededRandom } from "@stowage/test-kit/random";
import { ZipArchive } from "archiver";
import { describe, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { extracted, judged } from "./archives.ts";
import { buildZip, DESCRIPTOR, descriptorOf, type EntryPlan, UTF8, unicodePathField, zip64Field } from "./build-zip.ts";
import { contentOf, filesOf } from "./trees.ts";

const random = new SeededRandom(6);
const files: Record<string, Buffer> = {
  "data.db": random.text(700_000),
  "storage/photo.jpg": random.bytes(40_000),
  "storage/ü €.txt": Buffer.from("unicode"),
  empty: Buffer.alloc(0),
};
const expected = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, content.toString("latin1")]));
const modifiedAt = new Date("2024-05-06T07:08:09Z");

describe("yazl", () => {
  test.each([{ compress: true }, { compress: false }, { forceZip64Format: true }])(
    "with %j restores",
    async (options) => {
      const zip = new ZipFile();
      for (const [name, content] of Object.entries(files))
        zip.addBuffer(content, name, { ...options, mtime: modifiedAt, mode: 0o100640 });
      zip.addEmptyDirectory("nothing", { mtime: modifiedAt });
      zip.end();

      expect(await filesOf(await extracted(await buffer(zip.outputStream)))).toEqual(expected);
    },
  );

  test("with streams of unknown size restores", async () => {
    const zip = new ZipFile();
    for (const [name, content] of Object.entries(files)) zip.addReadStream(Readable.from([content]), name);
    zip.end();

    expect(await filesOf(await extracted(await buffer(zip.outputStream)))).toEqual(expected);
  });
});

describe("archiver", () => {
  test.each([{}, { store: true }, { forceZip64: true }, { zlib: { level: 9 } }])(
    "with %j restores",
    async (options) => {
      const zip = new ZipArchive(options);
      for (const [name, content] of Object.entries(files)) zip.append(content, { name, date: modifiedAt });
      void zip.finalize();

      expect(await filesOf(await extracted(await buffer(zip)))).toEqual(expected);
    },
  );
});

describe("the way of Go, and so of PocketBase", () => {
  const content = random.text(5000);
  const entry: EntryPlan = {
    name: "storage/a.txt",
    content,
    method: 8,
    flags: UTF8 | DESCRIPTOR,
    local: { crc32: 0, size: 0, compressedSize: 0 },
  };

  test.each([false, true])("descriptors and no directories restore, with 64-bit sizes: %s", async (isWide) => {
    const bytes = buildZip([{ ...entry, descriptor: descriptorOf(content, { method: 8, isWide }) }]);
    const found = await contentOf(await extracted(bytes));

    expect(found["storage/a.txt"]?.content).toBe(content.toString("latin1"));
    expect(found["storage/"]?.mode).toBe(0o755);
  });

  test("a zip64 field that repeats an offset which needs no 64 bits is read", async () => {
    const wide = { size: 0xffff_ffff, compressedSize: 0xffff_ffff, local: { size: 3, compressedSize: 3 } };

    await extracted(buildZip([{ name: "a", content: "abc", ...wide, extra: zip64Field(3, 3, 0) }]));
    const lying = judged(buildZip([{ name: "a", content: "abc", ...wide, extra: zip64Field(3, 3, 1) }]));
    await expect(lying).rejects.toMatchObject({ reason: "zip64-extra" });
  });
});

describe("names without the UTF-8 flag", () => {
  const namesIn = async (plan: EntryPlan) => (await judged(buildZip([plan]))).entries.map((entry) => entry.name);

  test("are code page 437 where DOS made them", async () => {
    expect(await namesIn({ name: Buffer.from([0x81, 0x2e, 0x94, 0xe1]), flags: 0, madeBy: 0 })).toEqual(["ü.öß"]);
  });

  test("are UTF-8 where Unix made them, if they can be", async () => {
    expect(await namesIn({ name: "grün", flags: 0 })).toEqual(["grün"]);
    expect(await namesIn({ name: Buffer.from([0x67, 0x81]), flags: 0 })).toEqual(["gü"]);
  });

  test("are UTF-8 where DOS is said to have made them, if they can be, and told as guessed", async () => {
    const plan: EntryPlan = { name: "日本/ü.txt", flags: 0, madeBy: 0 };

    expect(await namesIn(plan)).toEqual(["日本/ü.txt"]);
    expect((await judged(buildZip([plan]))).guessed).toEqual([{ name: "日本/ü.txt", reason: "name-guessed" }]);
    expect((await judged(buildZip([{ ...plan, madeBy: 3 }]))).guessed).toEqual([]);
  });

  test("are the names of entries with the flag that have the same bytes", async () => {
    const folder: EntryPlan = { name: "日本/", flags: 0, madeBy: 0, mode: 0 };
    const { entries } = await judged(buildZip([folder, { name: "日本/ü.txt" }, { name: "日本/" }]));
    expect(entries.map(({ name }) => name)).toEqual(["日本/", "日本/ü.txt"]);

    const twice = judged(buildZip([{ name: "ü", flags: 0, madeBy: 0 }, { name: "ü" }]));
    await expect(twice).rejects.toMatchObject({ reason: "duplicate-name" });
  });

  test("may be repeated by a unicode path", async () => {
    expect(await namesIn({ name: "grün", flags: 0, extra: unicodePathField("grün", "grün") })).toEqual(["grün"]);
  });
});

describe("types and modes", () => {
  const plans: EntryPlan[] = [
    { name: "plain", mode: 0o100600 },
    { name: "suid", mode: 0o106777 },
    { name: "untold", mode: 0 },
    { name: "dos", mode: 0, madeBy: 0 },
    { name: "closed", mode: 0o100000 },
    { name: "dir", mode: 0o042700 },
    { name: "dosdir", mode: 0, madeBy: 0, attributes: 0x10 },
  ];

  test("modes come back without set-id bits of files, and without write access for others than the group", async () => {
    const found = await contentOf(await extracted(buildZip(plans)));
    const modes = Object.fromEntries(Object.entries(found).map(([name, { mode }]) => [name, mode.toString(8)]));

    expect(modes).toEqual({
      plain: "600",
      suid: "775",
      untold: "644",
      dos: "644",
      closed: "600",
      "dir/": "2700",
      "dosdir/": "755",
    });
  });

  test("special files and excluded names are skipped and reported", async () => {
    const special: EntryPlan[] = [
      { name: "fifo", mode: 0o010644 },
      { name: "socket", mode: 0o140644 },
      { name: "device", mode: 0o060644 },
      { name: "strange", mode: 0o150644 },
      { name: "lost+found/#12" },
      { name: ".stowage/swap.json" },
    ];
    const { entries, skipped } = await judged(buildZip([...plans, ...special]));

    expect(entries.length).toBe(plans.length);
    const reasons = ["fifo", "socket", "device", "unknown-type", "excluded", "excluded"];
    expect(skipped).toEqual(special.map(({ name }, index) => ({ name, reason: reasons[index] })));
  });

  test("what zip and 7-Zip read from a pipe is a file, though its mode is that of the pipe", async () => {
    const piped: EntryPlan = { name: "-", mode: 0o010620, content: "from a pipe" };
    const found = await contentOf(await extracted(buildZip([piped])));

    expect(found["-"]).toMatchObject({ content: "from a pipe", mode: 0o620 });
    for (const mode of [0o140644, 0o060644, 0o020644]) {
      const { skipped } = await judged(buildZip([{ name: "a" }, { ...piped, mode }]));
      expect(skipped.map(({ name }) => name)).toEqual(["-"]);
    }
  });

  test("links are read, and skipped like special files where none are wanted", async () => {
    const archive = buildZip([...plans, { name: "link", mode: 0o120777, content: "/etc/passwd", method: 8 }]);

    const { links, skipped } = await judged(archive);
    expect(links.map(({ entry, target }) => [entry.name, target])).toEqual([["link", "/etc/passwd"]]);
    expect(skipped).toEqual([]);
    const without = await judged(archive, { skipsLinks: true });
    expect([without.links, without.skipped]).toEqual([[], [{ name: "link", reason: "symlink" }]]);
  });

  test("an excluded name in other case is excluded where case is no difference", async () => {
    const bytes = buildZip([{ name: "a" }, { name: ".STOWAGE/swap.json" }]);

    expect((await judged(bytes, { folding: { case: true, form: true } })).skipped).toEqual([
      { name: ".STOWAGE/swap.json", reason: "excluded" },
    ]);
    expect((await judged(bytes)).skipped).toEqual([]);
  });

  test("an archive of nothing but skipped entries is refused", async () => {
    for (const name of [".stowage/new", "lost+found/"]) {
      await expect(judged(buildZip([{ name }]))).rejects.toMatchObject({ reason: "no-entries" });
    }
  });
});
