import assert from "node:assert/strict";
import { Readable } from "node:stream";
import type { Content, WriteOptions } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertBytes, assertRejects, assertSameInfo, readBytes } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { aboveOnePart, asynchronously, inChunks, KIB, MIB, nextTurn, stalledStream } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { sendsRequests } from "../../case/sends-requests.ts";
import { begunWrite } from "../open/handles.ts";

export const writePartsCases: readonly ContractCase[] = [
  {
    id: "write/parts-in-order",
    title:
      "the bytes of an object of ten parts and more, a hundred of small ones, are those that were written, in their order",
    tier: "fast",
    run: async (context) => {
      const { filesystem, partSize } = context;
      const many = context.bytes(sizeOfManyParts(context));
      const bytes = many.subarray(0, 12 * partSize + 7);
      const slices = () => Readable.from(inChunks(many, Math.ceil(partSize / 3) + 1), { objectMode: false });
      const pieces = () => asynchronously(inChunks(new Uint8Array(bytes), 2 * partSize + 1));
      const store = async (content: Content, expected: Buffer, options: WriteOptions) => {
        const info = await filesystem.write(context.key("a"), content, options);
        assertSameInfo(filesystem, info, await filesystem.stat(context.key("a")));
        assertBytes(await readBytes(filesystem, context.key("a")), expected, `the object of ${expected.length} bytes`);
      };
      await store(slices(), many, {});
      if (context.hasSmallParts) await store(pieces(), bytes, { size: bytes.length });
      for (const part of [1, 2, 9]) await assertBoundary(context, bytes, part * partSize);
      const shorter = context.bytes(partSize + 1);
      await filesystem.write(context.key("a"), shorter);
      assertBytes(await readBytes(filesystem, context.key("a")), shorter, "a shorter object in parts");
    },
  },
  {
    id: "write/size-bound-is-no-size",
    title: "an upper bound of the size is a hint: content of fewer bytes is stored as it is",
    tier: "fast",
    run: async (context) => {
      const { filesystem, partSize } = context;
      for (const [size, sizeBound] of [
        [0, 1],
        [1_000, 1_001],
        [1_000, 3 * partSize],
        [partSize + 1, partSize + 1],
        [2_000, 20_000 * partSize],
      ] as const) {
        const bytes = context.bytes(size);
        const content = asynchronously(inChunks(bytes, Math.ceil(size / 3)));
        const info = await filesystem.write(context.key("a"), content, { sizeBound });
        assertEqual(info.size, size, `the size that write returns of ${size} bytes with a bound of ${sizeBound}`);
        assertBytes(await readBytes(filesystem, context.key("a")), bytes, `${size} bytes of at most ${sizeBound}`);
      }
    },
  },
  {
    id: "write/failure-disturbs-no-other",
    title: "a write in parts that fails disturbs no other one of the same handle, be it the older or the younger",
    tier: "fast",
    needs: ["parts"],
    run: async (context) => {
      await failBeside(context, ["failing", "good"]);
      if (context.hasSmallParts) await failBeside(context, ["good", "failing"]);
    },
  },
  {
    id: "write/of-one-key-at-once",
    title: "of two writes of one key in parts by one handle the older commits too, and the younger after it",
    tier: "fast",
    needs: ["parts"],
    run: async (context) => {
      if (!context.hasSmallParts) return; // too many bytes, for what goes by keys and not by sizes
      const key = context.key("a");
      const older = await begunWrite(context, context.filesystem, key);
      const younger = await begunWrite(context, context.filesystem, key);
      for (const { bytes, finish } of [older, younger]) {
        await finish();
        assertBytes(await readBytes(context.filesystem, key), bytes, "the object once one of two writes has ended");
      }
    },
  },
  {
    id: "write/stores-while-it-reads",
    title: "a source is not read to its end before anything of it goes over a socket or into a directory",
    tier: "fast",
    needs: ["partsOrDirectory"],
    run: async (context) => {
      if (!(await usesSocketsOrFiles(context))) return; // what is only simulated may take no time
      const { partSize = 0 } = context.filesystem.capabilities.limits;
      const tooMuch = partSize > 0 ? Math.max(24 * partSize, 16 * MIB) : 64 * MIB;
      const source = new BusySource(context.bytes(64 * KIB), { enough: 2 * partSize + MIB, first: partSize, tooMuch });
      await assert.rejects(context.filesystem.write(context.key("a"), source.content), "the source throws in the end");
      assert.ok(!source.wasTooMuch, "what has been read is sent off before so much more is read");
    },
  },
];

/**
 * Ten parts at least: from there on the order of numbers and that of their texts differ. More than 100 of the smallest: some
 * services count parts, and pages of them, in hundreds.
 */
function sizeOfManyParts({ partSize, hasSmallParts }: CaseContext): number {
  if (partSize <= 64 * KIB) return 102 * partSize + 7;
  return hasSmallParts ? 12 * partSize + 7 : 9 * partSize + 1;
}

async function assertBoundary(context: CaseContext, bytes: Buffer, boundary: number): Promise<void> {
  const range = { start: boundary - 5, end: boundary + 6 };
  if (range.start >= bytes.length) return;
  const found = await readBytes(context.filesystem, context.key("a"), range);
  assertBytes(found, bytes.subarray(range.start, range.end), `the range around byte ${boundary}`);
}

/** Starts a good and a failing write in the order of their names, has both send parts, and lets one fail before the other ends. */
async function failBeside(context: CaseContext, order: readonly ("failing" | "good")[]): Promise<void> {
  const { filesystem } = context;
  const bytes = context.bytes(aboveOnePart(context.partSize));
  const chunks = () => inChunks(bytes, Math.ceil(bytes.length / 5));
  const failing = stalledStream(chunks());
  const good = stalledStream(chunks());
  const writes = new Map<string, Promise<unknown>>();
  for (const name of order) {
    const content = name === "good" ? good : failing;
    const write = filesystem.write(context.key(name), content);
    write.catch(() => {}); // asserted below
    writes.set(name, write);
    while (content.readableLength > 0 && !content.destroyed) await nextTurn();
    await context.settle();
  }
  failing.destroy(new Error("the cable is out"));
  await assertRejects(async () => writes.get("failing"), "SOURCE_UNREADABLE");
  good.push(null);
  await writes.get("good");
  assertBytes(await readBytes(filesystem, context.key("good")), bytes, "the object of the other write");
}

async function usesSocketsOrFiles(context: CaseContext): Promise<boolean> {
  const { filesystem } = context;
  if (filesystem.directory) return true;
  return sendsRequests(() => filesystem.write(context.key("a"), context.bytes(64 * KIB)));
}

/**
 * A source that always has its next chunk at hand, so that nothing but the driver's own I/O lets the event loop turn. It
 * throws behind `enough` bytes if a turn has passed among them, or when `tooMuch` came in one turn.
 */
class BusySource {
  readonly content: Readable;
  wasTooMuch = false;
  #total = 0;
  #inThisTurn = 0;
  #hasTurned = false;
  /** What may be read in one turn in any case. */
  readonly #first: number;

  constructor(chunk: Uint8Array, { enough, first, tooMuch }: { enough: number; first: number; tooMuch: number }) {
    this.#first = first;
    const read = () => {
      if (this.#total >= enough && this.#hasTurned) return void this.content.destroy(new Error("seen enough"));
      this.wasTooMuch = this.#inThisTurn >= tooMuch;
      if (this.wasTooMuch) return void this.content.destroy(new Error("that is too much"));
      this.#take(chunk.length);
      this.content.push(chunk);
    };
    this.content = new Readable({ objectMode: true, highWaterMark: 1, read });
    this.content.on("error", () => {}); // it is the write that tells
  }

  #take(size: number): void {
    if (this.#inThisTurn === 0) setImmediate(() => this.#turn());
    this.#inThisTurn += size;
    this.#total += size;
  }

  #turn(): void {
    this.#hasTurned ||= this.#total > this.#first;
    this.#inThisTurn = 0;
  }
}
