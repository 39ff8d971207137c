import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { assertEqual } from "../../assert/assert-equal.ts";
import { inChunks, KIB, MIB } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";

const LARGE_SIZE = 256 * MIB;
const MANY_PARTS = 10_001;

export const writeLargeCases: readonly ContractCase[] = [
  {
    id: "write/large-object-in-bounded-memory",
    title: "256 MiB of unknown size go up and come down in bounded memory",
    tier: "slow",
    isExclusive: true,
    run: async (context) => {
      const block = context.bytes(MIB);
      const memory = new MemoryWatch();
      const info = await context.filesystem.write(context.key("a"), Readable.from(repeated(block, memory)));
      assertEqual(info.size, LARGE_SIZE, "the size that write returns of 256 MiB");
      const { content } = await context.filesystem.read(context.key("a"));
      const actual = createHash("sha256");
      for await (const chunk of content) {
        actual.update(chunk);
        memory.look();
      }
      const expected = createHash("sha256");
      for (let sent = 0; sent < LARGE_SIZE; sent += block.length) expected.update(block);
      assertEqual(actual.digest("hex"), expected.digest("hex"), "the SHA-256 of what is read, beside what was written");
      memory.assertBelow(Math.max(160 * MIB, 24 * context.partSize));
    },
  },
  {
    id: "write/many-parts",
    title: "an object of more than 10,000 times the part size is stored, because parts grow",
    tier: "slow",
    needs: ["smallParts"],
    run: async (context) => {
      const size = MANY_PARTS * context.partSize;
      const bytes = context.bytes(size);
      for (const options of [{ size }, {}]) {
        const content = inChunks(bytes, 256 * KIB);
        const info = await context.filesystem.write(context.key("a"), content, options);
        assertEqual(info.size, size, "the size that write returns of more than 10,000 parts");
        const { content: stored } = await context.filesystem.read(context.key("a"));
        const digest = createHash("sha256");
        for await (const chunk of stored) digest.update(chunk);
        assertEqual(
          digest.digest("hex"),
          createHash("sha256").update(bytes).digest("hex"),
          "the SHA-256 of what is read, beside what was written",
        );
      }
    },
  },
];

function* repeated(block: Buffer, memory: MemoryWatch): Generator<Buffer, void, void> {
  for (let sent = 0; sent < LARGE_SIZE; sent += block.length) {
    memory.look();
    yield block;
  }
}

/** The most bytes that buffers and the heap grew by. Not the resident set: that never shrinks. */
class MemoryWatch {
  readonly #before = used();
  #most = 0;

  look(): void {
    this.#most = Math.max(this.#most, used() - this.#before);
  }

  assertBelow(limit: number): void {
    const grown = Math.round(this.#most / MIB);
    assert.ok(this.#most < limit, `memory grows by less than ${limit / MIB} MiB, not by ${grown} MiB`);
  }
}

function used(): number {
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}
