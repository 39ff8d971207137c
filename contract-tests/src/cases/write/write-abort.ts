import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import type { FilesystemDriver } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertBytes, assertObject, assertRejects, readBytes } from "../../assert/assertions.ts";
import { assertUnchangedBy } from "../../assert/snapshot.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { aboveOnePart, inChunks, nextTurn, stalledStream, textBytes, WatchedContent } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { watchResidue } from "../../case/residue-watch.ts";
import type { DriverVerb } from "../../faults/intercept-calls.ts";
import { recordCalls } from "../../faults/record-calls.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";

const abortReason = new Error("the user pressed cancel");

export const writeAbortCases: readonly ContractCase[] = [
  {
    id: "write-fails/aborted-before",
    title: "a write whose signal is aborted already sends nothing and reads nothing",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const calls: DriverVerb[] = [];
      const filesystem = context.openThrough((driver) => recordCalls(driver, calls));
      const content = new WatchedContent([textBytes("a")]);
      const signal = AbortSignal.abort(new Error("never mind"));
      const write = () => filesystem.write(context.key("a"), content, { signal });
      await assertRejects(write, "ABORTED", { operation: "write", cause: signal.reason });
      assertEqual(
        [calls, content.pulled],
        [[], 0],
        "the calls and the chunks taken of a write that was aborted before",
      );
    },
  },
  aborted("aborted-at-once", "while its source has not sent a byte", () => 0),
  aborted("aborted-below-one-part", "after less than one part", (partSize) => Math.floor(partSize / 2)),
  aborted("aborted-above-one-part", "after more than one part", aboveOnePart, ["parts"]),
  {
    id: "write-fails/abort-at-the-commit",
    title: "a write that is aborted before its content has ended rejects, and leaves the old object",
    tier: "fast",
    run: async (context) => {
      for (const size of [1_000, context.partSize + 100]) await abortAtCommit(context, size);
    },
  },
  {
    id: "write-fails/abort-after-success",
    title: "an abort after a write has resolved changes nothing",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const controller = new AbortController();
      await context.filesystem.write(context.key("a"), textBytes("a"), { signal: controller.signal });
      await assertUnchangedBy(context, async () => controller.abort());
    },
  },
  {
    id: "write-fails/signal-keeps-no-listener",
    title: "one signal for many calls keeps no listener",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const { filesystem } = context;
      const { signal } = new AbortController();
      const calls = async () => {
        await filesystem.write(context.key("a"), textBytes("a"), { signal });
        await filesystem.stat(context.key("a"), { signal });
        for await (const _ of filesystem.list({ prefix: context.prefix, signal }));
        const { content } = await filesystem.read(context.key("a"), { signal });
        await content.toArray();
        await filesystem.delete(context.key("a"), { signal });
        await filesystem.exists(context.key("a"), { signal });
      };
      for (let turn = 0; turn < 5; turn++) await calls();
      for (let turn = 0; turn < 1_000; turn += 50) {
        await Promise.all(Array.from({ length: 50 }, () => filesystem.exists(context.key("a"), { signal })));
      }
      await nextTurn();
      assertEqual(getEventListeners(signal, "abort").length, 0, "how many listeners a signal has after many calls");
    },
  },
  {
    id: "write-fails/leaves-no-residue",
    title: "a failed write leaves no temporary file and no open upload",
    tier: "fast",
    needs: ["residue"],
    run: async (context) => {
      const residue = await watchResidue(context);
      for (const size of [100, aboveOnePart(context.partSize)]) {
        const bytes = context.bytes(size);
        await abortWrite(context, bytes, { waits: true });
        const content = inChunks(bytes, Math.ceil(size / 4));
        const mismatch = () => context.filesystem.write(context.key("a"), content, { size: size + 1 });
        await assertRejects(mismatch, "SIZE_MISMATCH");
      }
      assertEqual(await context.lastingResidue(residue), [], "what failed writes left behind");
    },
  },
  {
    id: "write-fails/killed-writer",
    title: "a writer that is killed leaves the old object or none",
    tier: "slow",
    needs: ["killWriter"],
    run: async (context) => {
      const [free, taken] = [context.key("free"), context.key("taken")];
      const base = context.track(context.namespace.open()); // the other process knows no prefix
      await base.write(taken, textBytes("old"));
      await context.namespace.killWriter?.(free);
      await context.namespace.killWriter?.(taken);
      const reopened = context.track(context.namespace.open());
      await assertAbsent(reopened, free);
      await assertObject(reopened, taken, textBytes("old"));
      await base.delete(taken);
    },
  },
];

function aborted(id: string, title: string, size: (partSize: number) => number, needs?: ["parts"]): ContractCase {
  return {
    id: `write-fails/${id}`,
    title: `a write that is aborted ${title} loses to the signal, and changes nothing now or later`,
    tier: "fast",
    ...(needs ? { needs } : {}),
    run: async (context) => {
      await context.filesystem.write(context.key("taken"), textBytes("old"));
      const bytes = context.bytes(size(context.partSize));
      await assertUnchangedBy(context, async () => {
        await abortWrite(context, bytes, { name: "free" });
        await abortWrite(context, bytes, { name: "taken" });
      });
    },
  };
}

/**
 * Sends the bytes, stalls, and aborts once the source has been read dry: at once, or when what is under way has had time to arrive,
 * after which nothing of it may be left.
 */
async function abortWrite(
  context: CaseContext,
  bytes: Uint8Array,
  { name = "a", waits = false }: { name?: string; waits?: boolean },
): Promise<void> {
  const controller = new AbortController();
  const content = stalledStream(inChunks(bytes, Math.ceil(bytes.length / 8)));
  const write = context.filesystem.write(context.key(name), content, { signal: controller.signal });
  const rejection = assertRejects(() => write, "ABORTED", { operation: "write", cause: abortReason });
  rejection.catch(() => {}); // a driver may fail before its turn has come
  while (content.readableLength > 0 && !content.destroyed) await nextTurn();
  for (let turn = 0; turn < 5; turn++) await nextTurn();
  if (waits) await context.settle();
  controller.abort(abortReason);
  await rejection;
  await nextTurn();
  assert.ok(content.destroyed, "the source is destroyed");
}

async function abortAtCommit(context: CaseContext, size: number): Promise<void> {
  const [old, next] = [context.bytes(50), context.bytes(size)];
  await context.filesystem.write(context.key("a"), old);
  const controller = new AbortController();
  const filesystem = context.openThrough((driver) => callingAtTheEnd(driver, () => controller.abort(abortReason)));
  const content = inChunks(next, Math.ceil(size / 8));
  const write = () => filesystem.write(context.key("a"), content, { signal: controller.signal });
  await assertRejects(write, "ABORTED", { operation: "write", cause: abortReason });
  assertBytes(await readBytes(context.filesystem, context.key("a")), old, "the old object");
  await context.settle();
  assertBytes(await readBytes(context.open(), context.key("a")), old, "the old object, later");
}

/** Calls `atEnd` when the content has ended, just before the driver is told so. */
export function callingAtTheEnd(driver: FilesystemDriver, atEnd: () => void): FilesystemDriver {
  async function* calling(content: AsyncIterable<Uint8Array>) {
    yield* content;
    atEnd();
  }
  return wrapDriver(driver, { write: (key, content, options) => driver.write(key, calling(content), options) });
}
