import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { wrapDriver } from "@stowage/contract-tests";
import { SeededRandom } from "@stowage/test-kit/random";
import { describe, expect, it } from "vitest";
import type { BackupManager } from "../../src/index.ts";
import { buildZip, type EntryPlan } from "../archive/build-zip.ts";
import { makeManager } from "./manager-fixture.ts";

const BIG = new SeededRandom(16).bytes(6_000_000);
const TEXT = Buffer.from("all work and no play\n".repeat(300_000));
const STORED = 0;
const DEFLATED = 8;

async function holding(entries: readonly EntryPlan[]): Promise<BackupManager> {
  const { manager, filesystem } = await makeManager();
  await filesystem.write("a.zip", buildZip(entries));
  return manager;
}

async function contentOf(manager: BackupManager, name: string, key = "a.zip"): Promise<Buffer> {
  return buffer((await manager.openEntry(key, name)).content);
}

describe("openEntry", () => {
  it("brings back each file of a backup of ours, whatever its size", async () => {
    const { manager, dataDir } = await makeManager({ data: { "empty.txt": "", "uploads/größe 😀.txt": "unicode" } });
    await writeFile(join(dataDir, "big.bin"), BIG);
    await writeFile(join(dataDir, "text.log"), TEXT);
    const { key } = await manager.create();

    for (const name of ["empty.txt", "uploads/größe 😀.txt", "big.bin", "text.log"]) {
      const expected = await readFile(join(dataDir, name));
      const opened = await manager.openEntry(key, name);
      expect(opened.entry).toMatchObject({ name, type: "file", size: expected.length });
      expect(expected.equals(await buffer(opened.content)), name).toBe(true);
    }
  });

  it("reads stored and deflated entries of other programs, and where links lead", async () => {
    const manager = await holding([
      { name: "stored", content: BIG, method: STORED },
      { name: "deflated", content: TEXT, method: DEFLATED },
      { name: "link", content: "deflated", mode: 0o120777 },
    ]);

    expect(BIG.equals(await contentOf(manager, "stored"))).toBe(true);
    expect(TEXT.equals(await contentOf(manager, "deflated"))).toBe(true);
    expect(String(await contentOf(manager, "link"))).toBe("deflated");
  });

  it("reads the archive's end and the entry's own range alone", async () => {
    const ranges: [number, number][] = [];
    const { manager, filesystem } = await makeManager({
      wrap: (driver) =>
        wrapDriver(driver, {
          read: async (key, options) => {
            const { info, content } = await driver.read(key, options);
            const { start = 0, end = info.size } = options.range ?? {};
            ranges.push([start, Math.min(end, info.size)]);
            return { info, content };
          },
        }),
    });
    const bytes = buildZip([
      { name: "before", content: BIG, method: STORED },
      { name: "wanted", content: "a little" },
      { name: "behind", content: BIG, method: STORED },
    ]);
    await filesystem.write("a.zip", bytes);

    expect(String(await contentOf(manager, "wanted"))).toBe("a little");

    const [start = 0, end = 0] = ranges.at(-1) ?? [];
    expect(bytes.toString("latin1", start, start + 4)).toBe("PK\x03\x04");
    expect(end - start).toBe(30 + "wanted".length + "a little".length);
    expect(ranges.slice(0, -1).every(([from]) => from > bytes.length - 2_000_000)).toBe(true);
  });

  it.each([
    ["nothing", "missing"],
    ["a directory", "folder/"],
    ["a directory without its slash", "folder"],
    ["a directory that no entry names", "implied"],
    ["a file with a slash", "folder/file/"],
    ["the directory itself", "./"],
    ["a way out", "../folder/file"],
    ["another case", "Folder/file"],
  ])("is NOT_FOUND for %s", async (_, name) => {
    const manager = await holding([
      { name: "folder/" },
      { name: "folder/file", content: "x" },
      { name: "implied/x", content: "y" },
    ]);

    await expect(manager.openEntry("a.zip", name)).rejects.toMatchObject({ code: "NOT_FOUND", operation: "openEntry" });
  });

  it("is NOT_FOUND for what an archive says that it left out", async () => {
    const { manager } = await makeManager({ exclude: ["logs"] });
    const { key } = await manager.create();

    await expect(manager.openEntry(key, ".stowage/left-out.json")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it.each<[string, Partial<EntryPlan>, reason: string]>([
    ["CRC", { crc32: 1 }, "content-crc"],
    ["local name", { local: { name: "other" } }, "local-name"],
    ["local size", { local: { size: 3 } }, "local-size"],
    [
      "deflated data",
      { method: DEFLATED, data: Buffer.alloc(90, 0xff), compressedSize: 90, local: { compressedSize: 90 } },
      "content-deflate",
    ],
  ])("refuses a small entry with a wrong %s before it hands anything out", async (_, wrong, reason) => {
    const manager = await holding([{ name: "a", content: "some content", ...wrong }]);

    await expect(manager.openEntry("a.zip", "a")).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason });
  });

  it.each([STORED, DEFLATED])(
    "fails with a wrong CRC of a big one (method %s) before its last byte",
    async (method) => {
      const manager = await holding([{ name: "a", content: BIG, method, crc32: 1 }]);
      const { content } = await manager.openEntry("a.zip", "a");
      let received = 0;

      const reading = (async () => {
        for await (const chunk of content) received += chunk.length;
      })();

      await expect(reading).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason: "content-crc", key: "a.zip" });
      expect(received).toBeGreaterThan(0);
      expect(received).toBeLessThan(BIG.length);
    },
  );

  it("refuses more content than the archive says, and two entries of one name", async () => {
    const larger = await holding([
      { name: "a", content: TEXT, method: DEFLATED, size: 1_000_000, local: { size: 1_000_000 } },
    ]);
    const twice = await holding([
      { name: "a", content: "one" },
      { name: "a", content: "two" },
    ]);

    await expect(contentOf(larger, "a")).rejects.toMatchObject({ reason: "content-size" });
    await expect(contentOf(twice, "a")).rejects.toMatchObject({ code: "INVALID_ARCHIVE" });
  });

  it.each([STORED, DEFLATED])("ends the read when its content is destroyed (method %s)", async (method) => {
    let closed = 0;
    const { manager, filesystem } = await makeManager({
      wrap: (driver) =>
        wrapDriver(driver, {
          read: async (key, options) => {
            const { info, content } = await driver.read(key, options);
            return { info, content: watched(content, () => closed++) };
          },
        }),
    });
    await filesystem.write("a.zip", buildZip([{ name: "a", content: BIG, method }]));
    const { content } = await manager.openEntry("a.zip", "a");
    const before = closed;

    content.destroy();

    await expect.poll(() => closed).toBe(before + 1);
  });

  it("ends the read when its content is destroyed while the storage is silent", async () => {
    let silent: AbortSignal | undefined;
    const { manager, filesystem } = await makeManager({
      wrap: (driver) =>
        wrapDriver(driver, {
          read: async (key, options) => {
            const { info, content } = await driver.read(key, options);
            const isEntry = options.range?.start === 0;
            if (isEntry) silent = options.signal;
            return { info, content: isEntry ? silentBehind(content, options.signal) : content };
          },
        }),
    });
    await filesystem.write("a.zip", buildZip([{ name: "a", content: BIG, method: STORED }]));
    const { content } = await manager.openEntry("a.zip", "a");
    content.resume();
    expect(silent?.aborted).toBe(false);

    content.destroy();

    expect(silent?.aborted).toBe(true);
  });

  it("ends with the caller's signal, while it opens and while it is read", async () => {
    const manager = await holding([{ name: "a", content: BIG, method: STORED }]);
    const abort = new AbortController();
    const { content } = await manager.openEntry("a.zip", "a", { signal: abort.signal });

    abort.abort();

    await expect(buffer(content)).rejects.toMatchObject({ code: "ABORTED", key: "a.zip" });
    const aborted = manager.openEntry("a.zip", "a", { signal: abort.signal });
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  });

  it.each([undefined, null, "", 7, ["a"]])("refuses %j as a name before it reads anything", async (name) => {
    const manager = await holding([{ name: "a", content: "x" }]);

    const opening = manager.openEntry("none.zip", name as string);
    await expect(opening).rejects.toMatchObject({ code: "INVALID_ARGUMENT", key: "none.zip" });
  });
});

async function* watched(content: AsyncIterable<Uint8Array>, onEnd: () => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of content)
      for (let at = 0; at < chunk.length; at += 65_536) yield chunk.subarray(at, at + 65_536);
  } finally {
    onEnd();
  }
}

/** The first 200,000 bytes, and then nothing until the reader leaves. */
async function* silentBehind(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    yield chunk.subarray(0, 100_000);
    yield chunk.subarray(100_000, 200_000);
    break;
  }
  await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
