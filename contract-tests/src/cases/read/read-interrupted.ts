import assert from "node:assert/strict";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { ErrorCode, FilesystemDriver } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertBytes, assertError, assertRejects, readBytes } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { KIB, MIB, nextTurn } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { assertReleased, countDescriptors } from "../../case/held-resources.ts";
import { changeBody } from "../../faults/change-body.ts";
import { cutBody } from "../../faults/cut-body.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";
import { FAILURES } from "../failure/outage.ts";

const SIZE = MIB;
const LOSSES = ["SIZE_MISMATCH", "CHECKSUM_MISMATCH", "NOT_FOUND", "UNAVAILABLE"] as const;
/** More than the buffers between two sockets of one host hold. */
const UNBUFFERED_SIZE = 6 * MIB;

export const readInterruptedCases: readonly ContractCase[] = [
  abandoned("left-after-a-chunk", "that is left after its first chunk", async ({ content }) => {
    for await (const _ of content) break;
  }),
  abandoned("destroyed", "that is destroyed unread", async ({ content }) => void content.destroy()),
  abandoned("consumer-throws", "whose consumer throws", async ({ content }) => {
    const failure = new Error("cannot use these bytes");
    const consume = async () => {
      for await (const _ of content) throw failure;
    };
    await assert.rejects(consume, failure);
  }),
  abandoned("aborted", "that is aborted", async ({ content, controller }) => {
    controller.abort(new Error("enough"));
    await content.toArray().catch(() => {});
  }),
  {
    id: "read/never-read",
    title: "closing the filesystem releases content that nobody read",
    tier: "fast",
    isExclusive: true,
    run: async (context) => {
      await context.filesystem.write(context.key("a"), context.bytes(SIZE));
      const before = countDescriptors();
      const other = context.open();
      for (let turn = 0; turn < 24; turn++) await other.read(context.key("a"));
      await other.close();
      await assertReleased(context, () => countDescriptors() - before < 12, "descriptors of unread content");
    },
  },
  {
    id: "read/aborted-before",
    title: "a read whose signal is aborted already is ABORTED",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const signal = AbortSignal.abort(new Error("never mind"));
      const read = () => context.filesystem.read(context.key("a"), { signal });
      await assertRejects(read, "ABORTED", { operation: "read", cause: signal.reason });
    },
  },
  {
    id: "read/aborted-in-the-middle",
    title: "an abort in the middle of the content fails it with ABORTED and the signal's reason",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      await context.filesystem.write(context.key("a"), context.bytes(SIZE));
      const controller = new AbortController();
      const { content } = await context.filesystem.read(context.key("a"), { signal: controller.signal });
      const consume = async () => {
        for await (const _ of content) controller.abort(new Error("enough"));
      };
      const error = await assertRejects(consume, "ABORTED", { operation: "read" });
      assert.ok(error.cause === controller.signal.reason, `the cause of ${error.message} is the reason of the signal`);
    },
  },
  {
    id: "read/slow-consumer",
    title: "a slow consumer gets all bytes",
    tier: "fast",
    run: async (context) => {
      const bytes = context.bytes(SIZE);
      await context.filesystem.write(context.key("a"), bytes);
      const { content } = await context.filesystem.read(context.key("a"));
      const chunks: Buffer[] = [];
      for await (const chunk of content) {
        for (let turn = 0; turn < 20; turn++) await nextTurn();
        chunks.push(chunk);
      }
      assertBytes(Buffer.concat(chunks), bytes, "what a slow consumer reads");
    },
  },
  meanwhile("deleted", "deleted", (context) => context.open().delete(context.key("a"))),
  meanwhile("overwritten", "overwritten", (context) => context.open().write(context.key("a"), Buffer.alloc(SIZE, "B"))),
  meanwhile("overwritten-by-less", "overwritten by a shorter one", (context) =>
    context.open().write(context.key("a"), Buffer.alloc(100 * KIB, "B")),
  ),
  {
    id: "read/outage-meanwhile",
    title:
      "content that is read when the storage fails is all there or throws: it does not just end, nor go on with other bytes",
    tier: "fast",
    needs: ["outage"],
    run: async (context) => {
      const bytes = context.bytes(UNBUFFERED_SIZE);
      await context.filesystem.write(context.key("a"), bytes);
      const ends: number[] = [];
      const filesystem = context.openThrough((driver) => notingEnds(driver, ends));
      const { content } = await filesystem.read(context.key("a"));
      const { content: later } = await filesystem.read(context.key("a"));
      const end = (await context.namespace.outage?.()) ?? assert.fail("no outage");
      const settled = assertWhole(content, bytes, { codes: [...FAILURES, ...LOSSES], ends });
      settled.catch(() => {}); // asserted below
      try {
        await Promise.race([settled, delay(context.lateMs)]); // a driver may go on once the storage is back
      } finally {
        await end();
      }
      await settled;
      await context.filesystem.write(context.key("a"), Buffer.alloc(UNBUFFERED_SIZE, "B"));
      await assertWhole(later, bytes, { codes: [...FAILURES, ...LOSSES], ends });
    },
  },
  {
    id: "read/short-body",
    title: "a body that ends early is an error that is worth a retry, never a short object",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      await context.filesystem.write(context.key("a"), context.bytes(100 * KIB));
      for (const size of [0, 1, 100 * KIB - 1]) {
        const filesystem = context.openThrough((driver) => cutBody(driver, { size }));
        const error = await assertRejects(() => readBytes(filesystem, context.key("a")), "SIZE_MISMATCH");
        assertEqual(error.retryable, true, "whether the error of a body that ends early is worth a retry");
      }
    },
  },
  {
    id: "read/ignored-range",
    title: "a body that is longer than its range is an error, never surplus bytes",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      await context.filesystem.write(context.key("a"), context.bytes(100 * KIB));
      const filesystem = context.openThrough(ignoringRanges);
      for (const range of [{ start: 10 }, { start: 0, end: 10 }, { start: 5, end: 50 * KIB }]) {
        await assertRejects(() => readBytes(filesystem, context.key("a"), range), "SIZE_MISMATCH", {
          operation: "read",
        });
      }
    },
  },
];

type Abandon = (read: { content: Readable; controller: AbortController }) => Promise<void>;

function abandoned(id: string, title: string, abandon: Abandon): ContractCase {
  return {
    id: `read/${id}`,
    title: `content ${title} gives its descriptors back, and the next call works`,
    tier: "fast",
    isExclusive: true,
    run: async (context) => {
      const bytes = context.bytes(SIZE);
      await context.filesystem.write(context.key("a"), bytes);
      const before = countDescriptors();
      for (let turn = 0; turn < 24; turn++) {
        const controller = new AbortController();
        const { content } = await context.filesystem.read(context.key("a"), { signal: controller.signal });
        await abandon({ content, controller });
      }
      await assertReleased(context, () => countDescriptors() - before < 12, "descriptors of abandoned content");
      assertBytes(await readBytes(context.filesystem, context.key("a")), bytes, "what is read afterwards");
    },
  };
}

function meanwhile(id: string, title: string, change: (context: CaseContext) => Promise<unknown>): ContractCase {
  return {
    id: `read/${id}-meanwhile`,
    title: `an object that is ${title} while it is read gives its old bytes or a typed error, never a mixture`,
    tier: "fast",
    run: async (context) => {
      const old = Buffer.alloc(SIZE, "A");
      await context.filesystem.write(context.key("a"), old);
      const ends: number[] = [];
      const { content } = await context.openThrough((driver) => notingEnds(driver, ends)).read(context.key("a"));
      await change(context);
      await assertWhole(content, old, { codes: LOSSES, ends });
    },
  };
}

/** Asserts that the content is all there or fails by a code, and that it did not just end, which `Filesystem` would cover up. */
async function assertWhole(
  content: Readable,
  expected: Buffer,
  { codes, ends }: { codes: readonly ErrorCode[]; ends: readonly number[] },
): Promise<void> {
  try {
    assertBytes(await buffer(content), expected, "the content of before");
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    assertError(error, codes);
  }
  for (const size of ends)
    assertEqual(
      size,
      expected.length,
      "the bytes after which the driver's content ends, where it has to throw if it is cut,",
    );
}

/** Notes after how many bytes the driver's content ended, if it did so without an error. */
function notingEnds(driver: FilesystemDriver, ends: number[]): FilesystemDriver {
  return changeBody(driver, async function* (content) {
    let size = 0;
    for await (const chunk of content) {
      size += chunk.length;
      yield chunk;
    }
    ends.push(size);
  });
}

function ignoringRanges(driver: FilesystemDriver): FilesystemDriver {
  return wrapDriver(driver, { read: (key, { signal }) => driver.read(key, { signal }) });
}
