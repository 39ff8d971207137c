import type { ReadRange } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertBytes, assertRejects, assertSameInfo } from "../../assert/assertions.ts";
import { KIB, MIB } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";

const SIZE = 2 * MIB + 5;

/** Ranges at, across and between the sizes at which buffers and blocks end. */
const RANGES: readonly ReadRange[] = [
  ...[64 * KIB, 512 * KIB, MIB, 2 * MIB].map((edge) => ({ start: edge - 3, end: edge + 3 })),
  { start: MIB, end: MIB + 1 },
  { start: 7, end: MIB + 70 * KIB },
  { start: SIZE - 70 * KIB },
  { start: SIZE - 1 },
  { start: SIZE - 2, end: SIZE - 1 },
  { start: SIZE - 70 * KIB, end: SIZE + MIB },
  { start: MIB + 9, end: MIB + 9 },
];

export const readLargeCases: readonly ContractCase[] = [
  {
    id: "read/ranges-of-megabytes",
    title:
      "ranges far into an object, and of more than a mebibyte, are read exactly, with the size of the whole object",
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      const bytes = context.bytes(SIZE);
      const expected = await filesystem.write(context.key("a"), bytes);
      for (const range of RANGES) {
        const { info, content } = await filesystem.read(context.key("a"), range);
        assertSameInfo(filesystem, info, expected);
        const what = `the range ${range.start ?? 0}–${range.end ?? ""}`;
        assertBytes(Buffer.concat(await content.toArray()), bytes.subarray(range.start ?? 0, range.end), what);
      }
      for (const start of [SIZE, SIZE + 1, 2 * SIZE]) {
        const read = () => filesystem.read(context.key("a"), { start, end: start + MIB });
        await assertRejects(read, "RANGE_NOT_SATISFIABLE", { operation: "read", key: context.key("a") });
      }
    },
  },
  {
    id: "read/megabytes-into-memory",
    title: "a range of more than a mebibyte is read into memory, every byte in its place and none beside it",
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      const bytes = context.bytes(SIZE);
      await filesystem.write(context.key("a"), bytes);
      for (const [start, size] of [
        [0, SIZE],
        [MIB - 50, 99],
        [SIZE - 1, 1],
      ] as const) {
        const around = Buffer.alloc(size + 64, 0x5a);
        const info = await filesystem.readInto(around.subarray(32, size + 32), context.key("a"), { start });
        assertEqual(info.size, SIZE, "the size of the whole object that readInto returns");
        assertBytes(
          around.subarray(32, size + 32),
          bytes.subarray(start, start + size),
          `${size} bytes from ${start} on`,
        );
        const beside = Buffer.concat([around.subarray(0, 32), around.subarray(size + 32)]);
        assertBytes(beside, Buffer.alloc(64, 0x5a), "what lies beside the memory");
      }
      const tooFar = () => filesystem.readInto(Buffer.alloc(1_000), context.key("a"), { start: SIZE - 999 });
      await assertRejects(tooFar, "SIZE_MISMATCH", { key: context.key("a") });
    },
  },
];
