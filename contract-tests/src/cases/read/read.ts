import assert from "node:assert/strict";
import { Readable } from "node:stream";
import type { FilesystemDriver, ReadRange } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertBytes, assertRejects, assertSameInfo, readBytes } from "../../assert/assertions.ts";
import { KIB, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import type { DriverVerb } from "../../faults/intercept-calls.ts";
import { recordCalls } from "../../faults/record-calls.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";

const SIZE = 10_000;

export const readCases: readonly ContractCase[] = [
  {
    id: "read/missing-key",
    title: "read of a missing or deleted key, or of the start of a key, is NOT_FOUND before a stream is handed out",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const { filesystem } = context;
      await filesystem.write(context.key("deleted"), textBytes("a"));
      await filesystem.delete(context.key("deleted"));
      await filesystem.write(context.key("longer-key"), textBytes("a"));
      for (const key of [context.key("missing"), context.key("deleted"), context.key("longer")]) {
        await assertRejects(() => filesystem.read(key), "NOT_FOUND", { operation: "read", key });
        await assertRejects(() => filesystem.read(key, { start: 1, end: 3 }), "NOT_FOUND", { operation: "read", key });
        await assertRejects(() => filesystem.read(key, { start: 1, end: 1 }), "NOT_FOUND", { operation: "read", key });
      }
    },
  },
  {
    id: "read/info-and-content",
    title: "read returns what stat returns, with the size of the whole object for ranges too, and a Readable",
    tier: "fast",
    run: async (context) => {
      await context.filesystem.write(context.key("a"), context.bytes(SIZE));
      const expected = await context.filesystem.stat(context.key("a"));
      for (const range of [{}, { start: 5 }, { start: 0, end: 1 }, { start: 7, end: 7 }, { start: 1, end: 2 * SIZE }]) {
        const { info, content } = await context.filesystem.read(context.key("a"), range);
        assert.ok(content instanceof Readable, "the content is a Readable");
        content.destroy();
        assertSameInfo(context.filesystem, info, expected);
      }
    },
  },
  range("first-byte", "the first byte", () => ({ start: 0, end: 1 })),
  range("last-byte", "the last byte", (size) => ({ start: size - 1 })),
  range("middle", "a range in the middle", () => ({ start: 1_234, end: 5_678 })),
  range("to-the-end", "a range without an end", () => ({ start: 9_000 })),
  range("from-the-start", "a range without a start", () => ({ end: 10 })),
  range("whole", "a range of the whole object", (size) => ({ start: 0, end: size })),
  range("all-but-the-last-byte", "a range that ends one byte early", (size) => ({ start: 0, end: size - 1 })),
  range("behind-the-end", "a range whose end lies behind the object's", (size) => ({ start: 9_990, end: size + 1 })),
  range("far-behind-the-end", "a range whose end lies far behind", () => ({ start: 1, end: Number.MAX_SAFE_INTEGER })),
  {
    ...range("zero-length", "a range of no bytes inside the object", () => ({ start: 5_000, end: 5_000 })),
    isPortable: true,
  },
  {
    id: "read/into-memory",
    title: "a range that is read into memory is there, its parts in order, also in memory that threads share",
    tier: "fast",
    run: async (context) => {
      const bytes = context.bytes(SIZE);
      const misplaced: number[] = [];
      const filesystem = context.openThrough((driver) => notingMisplaced(driver, misplaced));
      await filesystem.write(context.key("a"), bytes);
      for (const memory of [Buffer.alloc(2_000), Buffer.from(new SharedArrayBuffer(9_000), 1_000, 5_000)]) {
        const info = await filesystem.readInto(memory, context.key("a"), { start: 1_234 });
        assertEqual(info.size, SIZE, "the size of the whole object that readInto returns");
        const expected = bytes.subarray(1_234, 1_234 + memory.length);
        assertBytes(memory, expected, "the range from 1234 on in memory");
        await context.settle();
        assertBytes(memory, expected, "the range from 1234 on in memory, which is the caller's again,");
        assertEqual(
          misplaced,
          [],
          "the offsets at which the driver yields memory that it was given, in a place where that part does not belong,",
        );
      }
    },
  },
  {
    id: "read/range-behind-the-object",
    title: "a range that starts at or behind the end is RANGE_NOT_SATISFIABLE",
    tier: "fast",
    run: async (context) => {
      const key = context.key("a");
      await context.filesystem.write(key, context.bytes(SIZE));
      for (const range of [
        { start: SIZE },
        { start: SIZE, end: SIZE },
        { start: SIZE + 1, end: SIZE + 9 },
        { start: 1e9 },
        { start: 2 ** 32 + 1, end: 2 ** 32 + 9 },
      ]) {
        const read = () => context.filesystem.read(key, range);
        await assertRejects(read, "RANGE_NOT_SATISFIABLE", { operation: "read", key });
      }
    },
  },
  {
    id: "read/empty-object",
    title: "an empty object is read as no bytes, and has no range",
    tier: "fast",
    run: async (context) => {
      const key = context.key("a");
      await context.filesystem.write(key, new Uint8Array());
      for (const range of [{}, { start: 0 }]) {
        assertEqual((await readBytes(context.filesystem, key, range)).length, 0, "how many bytes an empty object has");
      }
      for (const range of [{ start: 0, end: 1 }, { start: 0, end: 0 }, { start: 1 }]) {
        await assertRejects(() => context.filesystem.read(key, range), "RANGE_NOT_SATISFIABLE", { operation: "read" });
      }
    },
  },
  {
    id: "read/bad-range",
    title: "a range that is negative, fractional, not a number or reversed is refused before any I/O",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const calls: DriverVerb[] = [];
      const filesystem = context.openThrough((driver) => recordCalls(driver, calls));
      const ranges = [
        ...[-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, "1", null].flatMap((value) => [
          { start: value },
          { end: value },
        ]),
        { start: 2, end: 1 },
      ];
      for (const range of ranges) {
        const read = () => filesystem.read(context.key("a"), range as ReadRange);
        await assertRejects(read, "INVALID_ARGUMENT", { operation: "read", key: context.key("a") });
      }
      assertEqual(calls, [], "the calls of a driver whose read has a bad range");
    },
  },
  {
    id: "read/random-ranges",
    title: "25 random ranges are what they are in the original",
    tier: "fast",
    run: async (context) => {
      const bytes = context.bytes(300 * KIB);
      await context.filesystem.write(context.key("a"), bytes);
      for (let turn = 0; turn < 25; turn++) {
        const start = context.random.below(bytes.length);
        const end = start + context.random.below(bytes.length - start + 10);
        const found = await readBytes(context.filesystem, context.key("a"), { start, end });
        assertBytes(found, bytes.subarray(start, end), `the range ${start}–${end}`);
      }
    },
  },
  {
    id: "read/many-at-once",
    title: "20 reads at once each get their own bytes, which the next read leaves as they are",
    tier: "fast",
    run: async (context) => {
      const bytes = context.bytes(200 * KIB);
      await context.filesystem.write(context.key("a"), bytes);
      const read = async (_: unknown, index: number) => {
        const found = await readBytes(context.filesystem, context.key("a"), { start: index * 997 });
        assertBytes(found, bytes.subarray(index * 997), `read ${index}`);
      };
      await Promise.all(Array.from({ length: 20 }, read));
      const { content } = await context.filesystem.read(context.key("a"), { end: 1_000 });
      const kept: Uint8Array[] = await content.toArray();
      assertBytes(
        await readBytes(context.filesystem, context.key("a"), { start: 1_000, end: 2_000 }),
        bytes.subarray(1_000, 2_000),
        "the next range",
      );
      assertBytes(Buffer.concat(kept), bytes.subarray(0, 1_000), "what was read, once something else is,");
    },
  },
];

/** Notes the offsets at which the driver yields memory that it was given, but not the part that comes there. */
function notingMisplaced(driver: FilesystemDriver, misplaced: number[]): FilesystemDriver {
  async function* noting(content: AsyncIterable<Uint8Array>, memory: Uint8Array | undefined) {
    let offset = 0;
    for await (const chunk of content) {
      const isInMemory = memory !== undefined && chunk.buffer === memory.buffer;
      if (isInMemory && chunk.byteOffset !== memory.byteOffset + offset) misplaced.push(offset);
      offset += chunk.length;
      yield chunk;
    }
  }
  return wrapDriver(driver, {
    read: async (key, options) => {
      const { info, content } = await driver.read(key, options);
      return { info, content: noting(content, options.memory) };
    },
  });
}

function range(id: string, title: string, make: (size: number) => ReadRange): ContractCase {
  return {
    id: `read/range-${id}`,
    title: `${title} is read exactly`,
    tier: "fast",
    run: async (context) => {
      const bytes = context.bytes(SIZE);
      await context.filesystem.write(context.key("a"), bytes);
      const { start, end } = make(SIZE);
      const found = await readBytes(context.filesystem, context.key("a"), { start, end });
      assertBytes(found, bytes.subarray(start ?? 0, end), `the range ${start ?? 0}–${end ?? ""} of ${SIZE} bytes`);
    },
  };
}
