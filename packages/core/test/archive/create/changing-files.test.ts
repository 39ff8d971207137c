import { appendFile, chmod, rm, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SeededRandom } from "@stowage/test-kit/random";
import { describe, expect, test } from "vitest";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { faultyDisk } from "../../disk/faulty-disk.ts";
import { archiveOf, extracted, judged } from "../archives.ts";
import { directoryOf, filesOf } from "../trees.ts";

const random = new SeededRandom(4);
const SIZES = { "a small file": 1000, "a large file": 1_500_000 };

/** Changes the file each time before its nth read begins. */
function changing(path: string, times: number, change: () => Promise<unknown>) {
  let changes = 0;
  return faultyDisk(nodeDisk, {
    before: async (call) => {
      if (call !== `file.stat ${path}`) return;
      changes += 1;
      // Each reading asks twice: the second time is when its bytes have been read.
      if (changes % 2 === 0 && changes / 2 <= times) await change();
    },
  });
}

describe.each(Object.entries(SIZES))("%s", (_title, size) => {
  const setUp = async () => {
    const content = random.text(size);
    const root = await directoryOf({ "a.txt": "a", file: content, "z.txt": "z" });
    return { root, path: join(root, "file"), content };
  };

  test("that grows once is read again and whole", async () => {
    const { root, path, content } = await setUp();
    const watched = changing(path, 1, () => appendFile(path, "more"));

    const { bytes, archive } = await archiveOf(root, { disk: watched.disk });

    expect(archive.warnings).toEqual([]);
    expect(await filesOf(await extracted(bytes))).toEqual({ "a.txt": "a", file: `${content}more`, "z.txt": "z" });
    expect(watched.openFiles).toBe(0);
  });

  test("that grows each time is kept up to its size when it was opened, with a warning", async () => {
    const { root, path, content } = await setUp();
    const { disk } = changing(path, 2, () => appendFile(path, "more"));

    const { bytes, archive } = await archiveOf(root, { disk });

    expect(archive.warnings).toEqual([{ name: "file", reason: "grew" }]);
    expect((await filesOf(await extracted(bytes))).file).toBe(`${content}more`);
  });

  test("that shrinks once is read again", async () => {
    const { root, path, content } = await setUp();
    const { disk } = changing(path, 1, () => truncate(path, 500));

    const { bytes, archive } = await archiveOf(root, { disk });

    expect(archive.warnings).toEqual([]);
    expect((await filesOf(await extracted(bytes))).file).toBe(content.toString("latin1").slice(0, 500));
  });

  test("that shrinks before its bytes are read is read again", async () => {
    const { root, path, content } = await setUp();
    let isCut = false;
    const before = async (call: string) => {
      if (isCut || call !== `file.read ${path}`) return;
      isCut = true;
      await truncate(path, 500);
    };

    const { bytes } = await archiveOf(root, { disk: faultyDisk(nodeDisk, { before }).disk });

    expect((await filesOf(await extracted(bytes))).file).toBe(content.toString("latin1").slice(0, 500));
  });

  test('that shrinks each time is kept as it was read last with onChanged: "keep", and reported', async () => {
    const { root, path, content } = await setUp();
    let size = content.length;
    const { disk } = changing(path, 2, () => {
      size -= 100;
      return truncate(path, size);
    });

    const { bytes, archive } = await archiveOf(root, { disk, onChanged: "keep" });

    expect(archive.warnings).toEqual([{ name: "file", reason: "changed" }]);
    const { file, ...others } = await filesOf(await extracted(bytes));
    expect(file).toBe(content.toString("latin1").slice(0, content.length - 100));
    expect(others).toEqual({ "a.txt": "a", "z.txt": "z" });
  });

  test('that shrinks each time is left out with onChanged: "skip", and reported', async () => {
    const { root, path, content } = await setUp();
    let size = content.length;
    const { disk } = changing(path, 2, () => {
      size -= 100;
      return truncate(path, size);
    });

    const { bytes, archive } = await archiveOf(root, { disk, onChanged: "skip" });

    expect(archive.warnings).toEqual([{ name: "file", reason: "unstable" }]);
    expect(await filesOf(await extracted(bytes))).toEqual({ "a.txt": "a", "z.txt": "z" });
  });

  test("that is rewritten each time is SOURCE_CHANGED with its name", async () => {
    const { root, path } = await setUp();
    let at = 1_700_000_000;
    const watched = changing(path, 2, async () => {
      await writeFile(path, random.text(size));
      at += 10;
      await utimes(path, at, at);
    });

    await expect(archiveOf(root, { disk: watched.disk })).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      message: expect.stringContaining('"file"'),
    });
    expect(watched.openFiles).toBe(0);
  });

  test("that vanishes after the walk is left out with a warning", async () => {
    const { root, path } = await setUp();
    const before = (call: string) => (call === `openFile ${path}` ? rm(path, { force: true }) : undefined);
    const { disk, calls } = faultyDisk(nodeDisk, { before });

    const { bytes, archive } = await archiveOf(root, { disk });

    expect(archive.warnings).toEqual([{ name: "file", reason: "vanished" }]);
    expect(await filesOf(await extracted(bytes))).toEqual({ "a.txt": "a", "z.txt": "z" });
    expect(calls.filter((call) => call === `openFile ${path}`).length).toBe(2);
    expect(archive.entries).toBe(2);
  });

  test("that vanishes when it is to be read again is left out with a warning", async () => {
    const { root, path } = await setUp();
    const { disk } = changing(path, 1, async () => {
      await appendFile(path, "more");
      await rm(path);
    });

    const { bytes, archive } = await archiveOf(root, { disk });

    expect(archive.warnings).toEqual([{ name: "file", reason: "vanished" }]);
    expect(await filesOf(await extracted(bytes))).toEqual({ "a.txt": "a", "z.txt": "z" });
  });

  test("that becomes a link after the walk is left out with a warning", async () => {
    const { root, path } = await setUp();
    const before = async (call: string) => {
      if (call !== `openFile ${path}`) return;
      await rm(path);
      await symlink("/etc/passwd", path);
    };

    const { archive } = await archiveOf(root, { disk: faultyDisk(nodeDisk, { before }).disk });

    expect(archive.warnings).toEqual([{ name: "file", reason: "symlink" }]);
  });

  test.each(["openFile", "file.stat", "file.read"])(
    "that %s refuses is SOURCE_UNREADABLE, or left out by option",
    async (method) => {
      const { root, path } = await setUp();
      await chmod(path, 0);
      const denied = Object.assign(new Error("denied"), { code: "EACCES" });
      const before = (call: string) => {
        if (call === `${method} ${path}`) throw denied;
      };
      const watched = faultyDisk(nodeDisk, { before });

      await expect(archiveOf(root, { disk: watched.disk })).rejects.toMatchObject({
        code: "SOURCE_UNREADABLE",
        message: expect.stringContaining('"file"'),
        cause: denied,
      });
      const { bytes, archive } = await archiveOf(root, { disk: watched.disk, onUnreadable: "skip" });
      expect(archive.warnings).toEqual([{ name: "file", reason: "unreadable" }]);
      expect(Object.keys(await filesOf(await extracted(bytes)))).toEqual(["a.txt", "z.txt"]);
      expect(watched.openFiles).toBe(0);
    },
  );
});

test("too many open files is never taken for an unreadable file", async () => {
  const root = await directoryOf({ file: "x" });
  const error = Object.assign(new Error("too many"), { code: "EMFILE" });
  const before = (call: string) => {
    if (call.startsWith("openFile")) throw error;
  };
  const { disk } = faultyDisk(nodeDisk, { before });

  await expect(archiveOf(root, { disk, onUnreadable: "skip" })).rejects.toMatchObject({
    code: "SOURCE_UNREADABLE",
    cause: error,
  });
});

test("a second reading is not counted as progress", async () => {
  const root = await directoryOf({ file: random.text(1_500_000) });
  const { disk } = changing(join(root, "file"), 1, () => appendFile(join(root, "file"), "more"));
  const seen: number[] = [];

  await archiveOf(root, { disk, onProgress: ({ bytesDone }) => seen.push(bytesDone) });

  expect(seen.at(-1)).toBe(1_500_000);
});

test("an archive with an abandoned reading holds each file once", async () => {
  const root = await directoryOf({ "a.txt": "a", file: random.text(1_500_000) });
  const path = join(root, "file");
  const { disk } = changing(path, 1, () => appendFile(path, "more"));

  const { bytes, archive } = await archiveOf(root, { disk });

  expect((await judged(bytes)).entries.map((entry) => entry.name)).toEqual(["a.txt", "file"]);
  expect(archive.size).toBe(bytes.length);
  expect(bytes.toString("latin1").split("PK\x03\x04").length - 1).toBe(3);
});
