import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { FileInfo } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertSameInfo, listAll } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { pausedContent, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";

/** More than the steps of a kernel's clock, in milliseconds. */
const CLOCK_STEP_MS = 25;
/** More than what the clocks of one service differ by. */
const CLOCK_SKEW_MS = 500;

/** Times are compared with those of other objects, so no clock but the storage's is read. */
export const statTimeCases: readonly ContractCase[] = [
  {
    id: "stat/time-of-the-commit",
    title: "modifiedAt is when a write is committed, not when it, or an earlier version, began",
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      const first = await filesystem.write(context.key("again"), textBytes("the same"));
      const contents = { again: [textBytes("the same")], new: [textBytes("some"), textBytes("chunks")], empty: [] };
      const writes = Object.entries(contents).map(([name, chunks]) => startWrite(context, name, chunks));
      await Promise.all(writes.map(({ taken }) => taken));
      await nextInstant(context);
      const between = await filesystem.write(context.key("between"), textBytes("between"));
      assert.ok(between.modifiedAt > first.modifiedAt, "a later write has a later time");
      await nextInstant(context);
      for (const { name, finish } of writes) {
        const info = await finish();
        assert.ok(info.modifiedAt >= between.modifiedAt, `"${name}" was committed after what was written meanwhile`);
      }
    },
  },
  {
    id: "stat/time-stays",
    title: "the time of an object stays what its write said, in stat, list and read",
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      const empty = await filesystem.write(context.key("empty"), []);
      const full = await filesystem.write(context.key("full"), textBytes("content"));
      await nextInstant(context);
      const later = await filesystem.write(context.key("later"), textBytes("later"));
      assert.ok(later.modifiedAt > full.modifiedAt, "a later write has a later time");
      const listed = await listAll(context.open(), { prefix: context.prefix });
      assertEqual(listed.length, 3, "how many objects are listed");
      for (const [index, written] of [empty, full, later].entries()) {
        assertSameInfo(filesystem, await filesystem.stat(written.key), written);
        assertSameInfo(filesystem, listed[index] ?? written, written);
        const { info, content } = await context.open().read(written.key);
        content.destroy();
        assertSameInfo(filesystem, info, written);
      }
    },
  },
];

interface StartedWrite {
  readonly name: string;
  readonly taken: Promise<unknown>;
  finish(): Promise<FileInfo>;
}

function startWrite(context: CaseContext, name: string, chunks: readonly Uint8Array[]): StartedWrite {
  const { content, taken, finish } = pausedContent(chunks);
  const write = context.filesystem.write(context.key(name), content);
  write.catch(() => {}); // awaited by finish
  return {
    name,
    taken: Promise.race([taken, write]),
    finish: () => {
      finish();
      return write;
    },
  };
}

/** Waits until the storage's clock shows another time. */
async function nextInstant({ filesystem }: CaseContext): Promise<void> {
  const { shared, limits } = filesystem.capabilities;
  await delay(limits.timestampResolutionMs + (shared ? CLOCK_SKEW_MS : CLOCK_STEP_MS));
}
