import { SeededRandom } from "@stowage/test-kit/random";
import { expect, test } from "vitest";
import { type ArchiveReader, bufferReader } from "../../../src/archive/archive-reader.ts";
import { verifyEntries } from "../../../src/archive/extract/read-contents.ts";
import { checkLocalHeaders } from "../../../src/archive/judge/check-local-headers.ts";
import { judgeArchive } from "../../../src/archive/judge/judge-archive.ts";
import { readCentralDirectory } from "../../../src/archive/judge/read-central-directory.ts";
import { noSignal, rules } from "../archives.ts";
import { buildZip, type EntryPlan } from "../build-zip.ts";

const MIB = 2 ** 20;

/** A source that notes the size of each read and of each chunk that was taken from a stream. */
function watchedSource(bytes: Buffer): { reader: ArchiveReader; reads: number[]; streamed: number[] } {
  const reads: number[] = [];
  const streamed: number[] = [];
  const reader: ArchiveReader = {
    size: bytes.length,
    ranges: { size: 2 * MIB, ahead: 2 },
    read: async (start, end) => {
      reads.push(end - start);
      return bytes.subarray(start, end);
    },
    async *stream(start, end) {
      for (let position = start; position < end; position += 16_384) {
        const chunk = bytes.subarray(position, Math.min(position + 16_384, end));
        streamed.push(chunk.length);
        yield chunk;
      }
    },
  };
  return { reader: reader, reads, streamed };
}

test("the directory of a small archive takes one read", async () => {
  const { reader, reads, streamed } = watchedSource(buildZip([{ name: "a", content: Buffer.alloc(3 * MIB) }]));

  await readCentralDirectory(reader, { maxEntries: 10, signal: noSignal });

  expect(reads).toEqual([MIB]);
  expect(streamed).toEqual([]);
});

test("a directory over 1 MiB takes one read and one stream", async () => {
  const plans = Array.from(
    { length: 9000 },
    (_, index): EntryPlan => ({ name: `${"n".repeat(200)}${index}`, offset: 0, isCentralOnly: true }),
  );
  const { reader, reads, streamed } = watchedSource(buildZip(plans));

  const { entries } = await readCentralDirectory(reader, { maxEntries: 10_000, signal: noSignal });

  expect(entries.map((entry) => entry.name)).toEqual(plans.map((plan) => plan.name));
  expect(reads).toEqual([MIB]);
  expect(streamed.reduce((total, size) => total + size)).toBe(reader.size - MIB);
});

test("a large directory is read in slices, between which the process does something else", async () => {
  const plans = Array.from(
    { length: 20_000 },
    (_, index): EntryPlan => ({ name: `directory/${index}`, offset: 0, isCentralOnly: true }),
  );
  const reader = bufferReader(buildZip(plans));
  let turns = 0;
  const count = () => {
    turns++;
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);

  const startedAt = performance.now();
  const { entries } = await readCentralDirectory(reader, { maxEntries: 20_000, signal: noSignal });
  const elapsedMs = performance.now() - startedAt;
  clearImmediate(turn);

  expect(entries).toHaveLength(20_000);
  expect(turns).toBeGreaterThan(elapsedMs / 200);
});

test("a directory whose reading is aborted between two slices is read no further", async () => {
  const plans = Array.from(
    { length: 20_000 },
    (_, index): EntryPlan => ({ name: `${index}`, offset: 0, isCentralOnly: true }),
  );
  const controller = new AbortController();
  setImmediate(() => controller.abort());

  const reading = readCentralDirectory(bufferReader(buildZip(plans)), {
    maxEntries: 20_000,
    signal: controller.signal,
  });

  await expect(reading).rejects.toMatchObject({ code: "ABORTED" });
});

test("many small entries are judged with one read, and verified with another", async () => {
  const plans = Array.from({ length: 1000 }, (_, index) => ({
    name: `${index}`,
    content: `content ${index}`,
    method: 8,
  }));
  const { reader, reads } = watchedSource(buildZip(plans));

  const { entries } = await judgeArchive(reader, rules);
  expect(reads.length).toBe(1);
  await verifyEntries(reader, entries, { signal: noSignal });
  expect(reads.length).toBe(2);
});

test("local headers alone are checked without the large contents between them", async () => {
  const content = Buffer.alloc(9 * MIB, "large");
  const plans = [0, 1, 2].map((index) => ({ name: `${index}`, content }));
  const { reader, reads, streamed } = watchedSource(buildZip(plans));
  const { entries } = await judgeArchive(reader, rules);

  await checkLocalHeaders(reader, entries, { signal: noSignal });

  expect(reads.slice(1).reduce((total, size) => total + size)).toBeLessThan(10_000);
  expect(streamed).toEqual([]);
});

test.each([0, 8])("contents of method %i are read once, in full ranges", async (method) => {
  const content = new SeededRandom(4).bytes(9 * MIB);
  const plans = [0, 1, 2].map((index) => ({ name: `${index}`, content, method }));
  const bytes = buildZip(plans);
  const { reader, reads } = watchedSource(bytes);

  await verifyEntries(reader, (await judgeArchive(reader, rules)).entries, { signal: noSignal });

  expect(reads.length).toBe(1 + Math.ceil(bytes.length / (2 * MIB)));
  expect(reads.slice(1).reduce((total, size) => total + size)).toBeLessThan(bytes.length);
});

test("what is not wanted between two contents is not read, if it is large", async () => {
  const plans = [10, 2 * MIB, 10].map((size, index) => ({ name: `${index}`, content: Buffer.alloc(size) }));
  const { reader, reads } = watchedSource(buildZip(plans));
  const { entries } = await judgeArchive(reader, rules);

  await verifyEntries(
    reader,
    entries.filter(({ size }) => size === 10),
    { signal: noSignal },
  );

  expect(reads.slice(1).reduce((total, size) => total + size)).toBeLessThan(MIB);
});

test("a large content that inflates beyond its declared size is stopped there, whatever is left of it", async () => {
  const bytes = buildZip([{ name: "bomb", content: Buffer.alloc(400 * MIB), method: 8, size: 3 * MIB }]);
  const { reader } = watchedSource(bytes);
  let most = 0;
  const onProgress = ({ bytesDone }: { bytesDone: number }) => {
    most = bytesDone;
  };
  const { entries } = await judgeArchive(reader, rules);

  const reading = verifyEntries(reader, entries, { signal: noSignal, onProgress });

  await expect(reading).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason: "content-size" });
  expect(most).toBeLessThanOrEqual(3 * MIB);
});

test("a small content that inflates beyond its declared size is stopped by zlib", async () => {
  const bytes = buildZip([{ name: "bomb", content: Buffer.alloc(40 * MIB), method: 8, size: 1000 }]);
  const { entries } = await judgeArchive(bufferReader(bytes), rules);

  const reading = verifyEntries(bufferReader(bytes), entries, { signal: noSignal });

  await expect(reading).rejects.toMatchObject({ reason: "content-size", cause: { code: "ERR_BUFFER_TOO_LARGE" } });
});
