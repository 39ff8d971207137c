import { expect, test } from "vitest";
import { type ArchiveSource, bufferSource } from "../../src/archive/archive-source.ts";
import { judgeArchive } from "../../src/archive/judge-archive.ts";
import { readCentralDirectory } from "../../src/archive/read-central-directory.ts";
import { readEntry } from "../../src/archive/read-entry.ts";
import { verifyEntries } from "../../src/archive/verify-entries.ts";
import { noSignal, rules } from "./archives.ts";
import { buildZip, type EntryPlan } from "./build-zip.ts";
import { SeededRandom } from "./seeded-random.ts";

const MIB = 2 ** 20;

/** A source that notes the size of each read and of each chunk that was taken from a stream. */
function watchedSource(bytes: Buffer): { source: ArchiveSource; reads: number[]; streamed: number[] } {
  const reads: number[] = [];
  const streamed: number[] = [];
  const source: ArchiveSource = {
    size: bytes.length,
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
  return { source, reads, streamed };
}

test("the directory of a small archive takes one read", async () => {
  const { source, reads, streamed } = watchedSource(buildZip([{ name: "a", content: Buffer.alloc(3 * MIB) }]));

  await readCentralDirectory(source, { maxEntries: 10, signal: noSignal });

  expect(reads).toEqual([MIB]);
  expect(streamed).toEqual([]);
});

test("a directory over 1 MiB takes one read and one stream", async () => {
  const plans = Array.from(
    { length: 9000 },
    (_, index): EntryPlan => ({ name: `${"n".repeat(200)}${index}`, offset: 0, isCentralOnly: true }),
  );
  const { source, reads, streamed } = watchedSource(buildZip(plans));

  const { entries } = await readCentralDirectory(source, { maxEntries: 10_000, signal: noSignal });

  expect(entries.map((entry) => entry.name)).toEqual(plans.map((plan) => plan.name));
  expect(reads).toEqual([MIB]);
  expect(streamed.reduce((total, size) => total + size)).toBe(source.size - MIB);
});

test("many small entries are judged with one more read, and verified with another", async () => {
  const plans = Array.from({ length: 1000 }, (_, index) => ({
    name: `${index}`,
    content: `content ${index}`,
    method: 8,
  }));
  const { source, reads } = watchedSource(buildZip(plans));

  const { entries } = await judgeArchive(source, rules);
  expect(reads.length).toBe(2);
  await verifyEntries(source, entries, { signal: noSignal });
  expect(reads.length).toBe(3);
});

test("large contents are skipped when they are judged, and streamed when they are verified", async () => {
  const content = Buffer.alloc(9 * MIB, "large");
  const plans = [0, 1, 2].map((index) => ({ name: `${index}`, content }));
  const { source, reads, streamed } = watchedSource(buildZip(plans));

  const { entries } = await judgeArchive(source, rules);
  expect(reads.slice(1).reduce((total, size) => total + size)).toBeLessThan(10_000);
  expect(streamed).toEqual([]);

  await verifyEntries(source, entries, { signal: noSignal });
  expect(Math.max(...reads)).toBe(MIB);
  expect(streamed.reduce((total, size) => total + size)).toBe(27 * MIB);
});

test("a content that inflates beyond its declared size is stopped there, whatever is left of it", async () => {
  const bytes = buildZip([{ name: "bomb", content: new SeededRandom(8).bytes(8 * MIB), method: 8, size: 600_000 }]);
  const { source, streamed } = watchedSource(bytes);
  const [entry] = (await judgeArchive(source, rules)).entries;
  if (!entry) throw new Error("no entry");
  let size = 0;
  const reading = async () => {
    for await (const chunk of readEntry(source, entry, { signal: noSignal })) size += chunk.length;
  };

  await expect(reading()).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason: "content-size" });
  expect(size).toBeLessThanOrEqual(600_000);
  expect(streamed.length).toBeLessThan(150);
});

test("a small content that inflates beyond its declared size is stopped by zlib", async () => {
  const bytes = buildZip([{ name: "bomb", content: Buffer.alloc(40 * MIB), method: 8, size: 1000 }]);
  const [entry] = (await judgeArchive(bufferSource(bytes), rules)).entries;
  if (!entry) throw new Error("no entry");
  const reading = readEntry(bufferSource(bytes), entry, { signal: noSignal }).next();

  await expect(reading).rejects.toMatchObject({ reason: "content-size", cause: { code: "ERR_BUFFER_TOO_LARGE" } });
});
