import assert from "node:assert/strict";
import type { FilesystemDriver, WriteOptions } from "@stowage/core";
import { assertObject, assertRejects } from "../../assert/assertions.ts";
import { assertUnchangedBy } from "../../assert/snapshot.ts";
import type { CaseContext } from "../../case/case-context.ts";
import {
  aboveOnePart,
  asynchronously,
  inChunks,
  nextTurn,
  type PausedContent,
  pausedContent,
  stalledStream,
  textBytes,
  thenThrow,
} from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";

const PLACES = ["free", "taken"] as const;
const cause = new Error("the source broke exactly here");

/** Failures of which the driver has seen a number of bytes that is a whole number of its parts, or all there are. */
export const writeBoundaryCases: readonly ContractCase[] = [
  {
    id: "write-fails/source-at-a-part-boundary",
    title: "a source that throws exactly where a part ends, or a byte beside it, changes nothing",
    tier: "fast",
    run: async (context) => {
      const { partSize, hasSmallParts } = context;
      const points = [partSize, 2 * partSize, partSize - 1, ...(hasSmallParts ? [partSize + 1] : [])];
      await occupy(context);
      await assertUnchangedBy(context, async () => {
        for (const [index, seen] of points.entries()) {
          const bytes = context.bytes(seen + 1);
          const chunkSize = index === 0 ? partSize : Math.ceil(partSize / 3);
          const attempts = hasSmallParts ? [index % 2, 3 - (index % 2)] : [index];
          for (const attempt of attempts) await failBehind(context, { bytes, chunkSize, attempt });
        }
      });
    },
  },
  {
    id: "write-fails/source-instead-of-the-end",
    title: "content that throws where its end would be, nothing being left to come, changes nothing",
    tier: "fast",
    run: async (context) => {
      await occupy(context);
      const filesystem = context.openThrough((driver) => throwingAtTheEnd(driver));
      await assertUnchangedBy(context, async () => {
        for (const [index, size] of [0, 1_000, context.partSize, 2 * context.partSize].entries()) {
          const key = context.key(PLACES[index % 2] ?? "free");
          const isLarge = size > context.partSize && !context.hasSmallParts; // once is enough
          for (const declared of isLarge ? [{}] : [{}, { size }]) {
            const content = asynchronously(inChunks(context.bytes(size), Math.ceil(context.partSize / 2)));
            await assert.rejects(filesystem.write(key, content, declared), "a write whose content throws rejects");
          }
        }
      });
    },
  },
  {
    id: "write/invisible-until-the-end",
    title: "content of which all bytes have come is not seen before it has ended",
    tier: "fast",
    run: async (context) => {
      await occupy(context);
      await withoutEnd(context, "free", 1_000);
      await withoutEnd(context, "taken", context.partSize);
    },
  },
  {
    id: "write-fails/aborted-at-a-part-boundary",
    title: "a write that is aborted exactly where a part ends changes nothing",
    tier: "fast",
    needs: ["parts"],
    run: async (context) => {
      await occupy(context);
      await assertUnchangedBy(context, async () => {
        await abortBehind(context, "free", context.partSize);
        await abortBehind(context, "taken", (context.hasSmallParts ? 2 : 1) * context.partSize);
      });
    },
  },
  {
    id: "write-fails/nothing-appears-later",
    title: "of writes that failed in every way nothing appears half a second later",
    tier: "fast",
    run: async (context) => {
      const ways = Object.entries(failingWrites(context));
      for (const [name] of ways) await context.filesystem.write(context.key(`taken-${name}`), textBytes("old"));
      const placesOf = (name: string) => (name.endsWith("in-parts") && !context.hasSmallParts ? ["taken"] : PLACES);
      const attempt = ([name, fail]: [string, FailingWrite]) =>
        Promise.all(placesOf(name).map((place) => fail(context.key(`${place}-${name}`))));
      const failAll = () => Promise.all([...ways.map(attempt), loseCreate(context, "taken-source")]);
      await assertUnchangedBy(context, failAll, { waitMs: context.lateMs });
    },
  },
];

/** Fails a write of a key in one way, and resolves when it has failed. */
export type FailingWrite = (key: string) => Promise<unknown>;

/** One write for each moment at which a write can fail, with its reason. */
export function failingWrites(context: CaseContext): Readonly<Record<string, FailingWrite>> {
  const { filesystem, partSize } = context;
  const small = context.bytes(3_000);
  const large = context.bytes(aboveOnePart(partSize));
  const broken = (bytes: Uint8Array, options?: WriteOptions) => (key: string) =>
    assertRejects(() => filesystem.write(key, thenThrow(inChunks(bytes, 1_000), cause), options), "SOURCE_UNREADABLE");
  const mismatched = (size: number) => (key: string) =>
    assertRejects(() => filesystem.write(key, asynchronously(inChunks(small, 1_000)), { size }), "SIZE_MISMATCH");
  return {
    "source-at-once": broken(small.subarray(0, 0)),
    source: broken(small),
    "source-declared": broken(small, { size: small.length }),
    "source-in-parts": (key) =>
      assertRejects(
        () => filesystem.write(key, thenThrow(inChunks(large, Math.ceil(partSize / 4)), cause)),
        "SOURCE_UNREADABLE",
      ),
    short: mismatched(small.length + 1),
    long: mismatched(small.length - 1),
    "abort-at-once": (key) => abortWrite(context, key, small.subarray(0, 0)),
    abort: (key) => abortWrite(context, key, small),
    "abort-in-parts": (key) => abortWrite(context, key, large, Math.ceil(partSize / 4)),
    close: (key) => closeDuring(context, key, small),
  };
}

async function loseCreate(context: CaseContext, taken: string): Promise<void> {
  if (!context.filesystem.capabilities.conditionalCreate) return;
  const write = () => context.filesystem.write(context.key(taken), context.bytes(2_000), { ifNotExists: true });
  await assertRejects(write, "ALREADY_EXISTS");
}

async function occupy(context: CaseContext): Promise<void> {
  await context.filesystem.write(context.key("taken"), textBytes("old"));
}

/** Throws when the driver has seen all bytes but the last: one chunk is held back until the next has come. */
async function failBehind(
  context: CaseContext,
  { bytes, chunkSize, attempt }: { bytes: Uint8Array; chunkSize: number; attempt: number },
): Promise<void> {
  const [seen, held] = [bytes.subarray(0, -1), bytes.subarray(-1)];
  const content = thenThrow([...inChunks(seen, chunkSize), held], cause);
  const options = attempt < 2 ? {} : { size: bytes.length };
  const key = context.key(PLACES[attempt % 2] ?? "free");
  await assertRejects(() => context.filesystem.write(key, content, options), "SOURCE_UNREADABLE", { key, cause });
}

function throwingAtTheEnd(driver: FilesystemDriver): FilesystemDriver {
  async function* throwing(content: AsyncIterable<Uint8Array>) {
    yield* content;
    throw cause;
  }
  return wrapDriver(driver, { write: (key, content, options) => driver.write(key, throwing(content), options) });
}

/** Asserts that nothing is seen while a driver has had all bytes of a write, and lets it succeed. */
async function withoutEnd(context: CaseContext, name: string, size: number): Promise<void> {
  const pauses: PausedContent[] = [];
  const filesystem = context.openThrough((driver) => pausingAtTheEnd(driver, pauses));
  const bytes = context.bytes(size);
  let write: Promise<unknown> = Promise.resolve();
  const sendAll = async () => {
    write = filesystem.write(context.key(name), asynchronously(inChunks(bytes, Math.ceil(size / 3))));
    const resolves = write.then(() => assert.fail("the write resolves before its content ends"));
    resolves.catch(() => {}); // it does in the end
    while (pauses.length === 0) await Promise.race([nextTurn(), resolves]);
    await Promise.race([pauses[0]?.taken, resolves]);
    await nextTurn();
  };
  try {
    await assertUnchangedBy(context, sendAll);
  } finally {
    for (const { finish } of pauses) finish();
    await write.catch(() => {});
  }
  await write;
  await assertObject(context.filesystem, context.key(name), bytes);
}

function pausingAtTheEnd(driver: FilesystemDriver, pauses: PausedContent[]): FilesystemDriver {
  return wrapDriver(driver, {
    write: (key, content, options) => {
      const paused = pausedContent(content);
      pauses.push(paused);
      return driver.write(key, paused.content, options);
    },
  });
}

async function abortBehind(context: CaseContext, name: string, seen: number): Promise<void> {
  await abortWrite(context, context.key(name), context.bytes(seen + 1), seen / 2);
}

/** Sends the bytes, the last one held back, stalls, and aborts once the source has been read dry and what was sent has arrived. */
async function abortWrite(context: CaseContext, key: string, bytes: Uint8Array, chunkSize = 1_000): Promise<void> {
  const controller = new AbortController();
  const content = stalledStream([...inChunks(bytes.subarray(0, -1), chunkSize), bytes.subarray(-1)].filter(hasBytes));
  const write = context.filesystem.write(key, content, { signal: controller.signal });
  const rejection = assertRejects(() => write, "ABORTED", { operation: "write" });
  rejection.catch(() => {}); // a driver may fail before its turn has come
  while (content.readableLength > 0 && !content.destroyed) await nextTurn();
  await context.settle();
  controller.abort(new Error("the user pressed cancel"));
  await rejection;
}

async function closeDuring(context: CaseContext, key: string, bytes: Uint8Array): Promise<void> {
  const filesystem = context.open();
  const content = stalledStream(inChunks(bytes, 1_000));
  const write = filesystem.write(key, content);
  write.catch(() => {}); // asserted below
  while (content.readableLength > 0 && !content.destroyed) await nextTurn();
  await filesystem.close();
  await assertRejects(() => write, "CLOSED", { operation: "write" });
}

function hasBytes({ length }: Uint8Array): boolean {
  return length > 0;
}
