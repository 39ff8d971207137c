import { SeededRandom } from "@stowage/test-kit/random";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, test } from "vitest";
import { bufferReader } from "../../../src/archive/archive-reader.ts";
import { walkDirectory } from "../../../src/archive/create/walk-directory.ts";
import { writeArchive } from "../../../src/archive/create/write-archive.ts";
import { extractEntries } from "../../../src/archive/extract/extract-entries.ts";
import { verifyEntries } from "../../../src/archive/extract/read-contents.ts";
import { excluding } from "../../../src/archive/left-out/exclusions.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { faultyDisk } from "../../disk/faulty-disk.ts";
import { archiveOf, bytesOf, judged, noSignal } from "../archives.ts";
import { contentOf, directoryOf } from "../trees.ts";

const random = new SeededRandom(5);
const tree = { "a/b/c.txt": "c", "a/empty/": "", "large.db": random.text(600_000), "z.txt": random.text(5000) };

test("every failing disk call fails the write with its error, and no file stays open", async () => {
  const root = await directoryOf(tree);
  const watched = faultyDisk(nodeDisk);
  const { bytes } = await archiveOf(root, { disk: watched.disk });

  for (let failAt = 1; failAt <= watched.calls.length; failAt += 1) {
    const error = new Error("the disk caught fire");
    const faulty = faultyDisk(nodeDisk, { failAt, error });
    const written = await archiveOf(root, { disk: faulty.disk }).catch((failure: unknown) => failure);

    const failed = faulty.calls[failAt - 1] ?? "";
    // Nothing can be lost by a failing close of a file that was only read.
    if (failed.startsWith("file.close"))
      expect("bytes" in Object(written) && bytes.equals(Object(written).bytes)).toBe(true);
    else expect([failed, written]).toEqual([failed, error]);
    expect(faulty.openFiles).toBe(0);
  }
  expect(watched.calls.length).toBeGreaterThan(20);
});

test("every failing disk call fails the extraction with its error, and no file stays open", async () => {
  const { bytes } = await archiveOf(await directoryOf(tree));
  const { entries } = await judged(bytes);
  const extract = async (faulty: ReturnType<typeof faultyDisk>) => {
    const options = { directory: await temporaryDirectory(), disk: faulty.disk, signal: noSignal, durable: true };
    await extractEntries(bufferReader(bytes), entries, options);
  };
  const watched = faultyDisk(nodeDisk);
  await extract(watched);

  for (let failAt = 1; failAt <= watched.calls.length; failAt += 1) {
    const error = new Error("the disk caught fire");
    const faulty = faultyDisk(nodeDisk, { failAt, error });
    await expect(extract(faulty), faulty.calls[failAt - 1]).rejects.toBe(error);
    expect(faulty.openFiles).toBe(0);
  }
  expect(watched.calls.length).toBeGreaterThan(30);
});

test("a durable extraction syncs each file before it is closed and each directory after its files", async () => {
  const { bytes } = await archiveOf(await directoryOf(tree));
  const { entries } = await judged(bytes);
  const directory = await temporaryDirectory();
  const { disk, calls } = faultyDisk(nodeDisk);

  await extractEntries(bufferReader(bytes), entries, { directory, disk, signal: noSignal, durable: true });

  const synced = calls.filter((call) => call.startsWith("syncDirectory"));
  const paths = ["/a/empty", "/a/b", "/a", ""].map((name) => `syncDirectory ${directory}${name}`);
  expect(synced.toSorted()).toEqual(paths.toSorted());
  expect(synced.at(-1)).toBe(`syncDirectory ${directory}`);
  for (const name of ["a/b/c.txt", "large.db", "z.txt"]) {
    const sync = calls.indexOf(`file.sync ${directory}/${name}`);
    const written = calls.lastIndexOf(`file.writeAt ${directory}/${name}`);
    expect(written).toBeGreaterThan(0);
    expect(sync).toBeGreaterThan(written);
    expect(sync).toBeLessThan(calls.indexOf(`file.close ${directory}/${name}`));
    expect(sync).toBeLessThan(calls.indexOf(synced[0] ?? ""));
  }
});

test("an extraction that is not durable syncs nothing", async () => {
  const { bytes } = await archiveOf(await directoryOf(tree));
  const { entries } = await judged(bytes);
  const { disk, calls } = faultyDisk(nodeDisk);

  await extractEntries(bufferReader(bytes), entries, {
    directory: await temporaryDirectory(),
    disk,
    signal: noSignal,
    durable: false,
  });

  expect(calls.filter((call) => /sync/i.test(call))).toEqual([]);
});

test("an abort at any piece ends the write with an AbortError, and no file stays open", async () => {
  const root = await directoryOf({ ...tree, "video.mp4": random.bytes(1_300_000) });
  const pieces = Math.ceil((await archiveOf(root)).bytes.length / (512 * 1024));

  for (let abortAt = 0; abortAt < pieces; abortAt += 1) {
    const controller = new AbortController();
    const watched = faultyDisk(nodeDisk);
    const options = {
      disk: watched.disk,
      signal: controller.signal,
      onUnreadable: "fail" as const,
      isExcluded: excluding([]),
    };
    const { content } = writeArchive(await walkDirectory(root, options), options);
    const reading = async () => {
      let piece = 0;
      if (abortAt === 0) controller.abort("stop");
      for await (const _bytes of content) if (++piece === abortAt) controller.abort("stop");
    };

    await expect(reading(), `at ${abortAt}`).rejects.toMatchObject({ name: "AbortError", cause: "stop" });
    expect(watched.openFiles).toBe(0);
  }
});

test("a reader that leaves early leaves no file open", async () => {
  const root = await directoryOf({ ...tree, "a.mp4": random.bytes(1_300_000) });
  const watched = faultyDisk(nodeDisk);
  const options = { disk: watched.disk, signal: noSignal, onUnreadable: "fail" as const, isExcluded: excluding([]) };
  const { content } = writeArchive(await walkDirectory(root, options), options);

  for await (const _bytes of content) break;

  expect(watched.openFiles).toBe(0);
  expect(watched.calls.some((call) => call.startsWith("openFile"))).toBe(true);
});

test("nothing is opened before the first piece is asked for", async () => {
  const root = await directoryOf(tree);
  const { disk, calls } = faultyDisk(nodeDisk);
  const options = { disk, signal: noSignal, onUnreadable: "fail" as const, isExcluded: excluding([]) };
  const walk = await walkDirectory(root, options);
  const before = calls.length;

  const { content } = writeArchive(walk, options);

  expect(calls.length).toBe(before);
  await bytesOf(content);
});

test("an aborted extraction and verification throw an AbortError", async () => {
  const { bytes } = await archiveOf(await directoryOf(tree));
  const { entries } = await judged(bytes);
  const controller = new AbortController();
  const watched = faultyDisk(nodeDisk);
  const options = { signal: controller.signal, onProgress: () => controller.abort("stop") };
  const directory = await temporaryDirectory();
  const refusal = { name: "AbortError", cause: "stop" };

  await expect(
    extractEntries(bufferReader(bytes), entries, { ...options, disk: watched.disk, directory, durable: false }),
  ).rejects.toMatchObject(refusal);
  await expect(verifyEntries(bufferReader(bytes), entries, options)).rejects.toMatchObject(refusal);
  expect(watched.openFiles).toBe(0);
  expect(Object.keys(await contentOf(directory)).length).toBeLessThan(entries.length + 2);
});
