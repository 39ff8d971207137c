import assert from "node:assert/strict";
import { assertAbsent, assertObject, assertRejects, assertSameInfo } from "../assertions.ts";
import type { CaseContext } from "../case-context.ts";
import { asynchronously, inChunks, pausedContent, stalledStream, textBytes, thenThrow } from "../content.ts";
import type { ContractCase } from "../contract-case.ts";
import { assertUnchangedBy } from "../snapshot.ts";

const CREATE = { ifNotExists: true } as const;

export const createCases: readonly ContractCase[] = [
  {
    id: "create/free-key",
    title: "a create-only write of a free key stores the object",
    tier: "fast",
    isPrefixed: true,
    needs: ["conditionalCreate"],
    run: async (context) => {
      const info = await context.filesystem.write(context.key("a"), textBytes("mine"), CREATE);
      assertSameInfo(context.filesystem, info, await context.open().stat(context.key("a")));
      await assertObject(context.filesystem, context.key("a"), textBytes("mine"));
    },
  },
  taken("taken-key", "a taken key", () => 100),
  {
    ...taken("taken-key-in-parts", "a taken key in parts", (partSize) => partSize + 100),
    needs: ["conditionalCreateInParts"],
  },
  {
    id: "create/plain-write-still-replaces",
    title: "a write that is not create-only replaces what a create-only one made",
    tier: "fast",
    needs: ["conditionalCreate"],
    run: async (context) => {
      await context.filesystem.write(context.key("a"), textBytes("first"), CREATE);
      await context.filesystem.write(context.key("a"), textBytes("second"), { ifNotExists: false });
      await assertObject(context.filesystem, context.key("a"), textBytes("second"));
    },
  },
  race("race", "of 16 create-only writers over two handles exactly one wins", () => new Array(16).fill(1_000)),
  {
    ...race("race-in-parts", "of create-only writers, two of them in parts, exactly one wins", (partSize) => [
      partSize + 1_000,
      1_000,
      partSize + 2_000,
      1_000,
    ]),
    needs: ["conditionalCreateInParts"],
  },
  overtaken("overtaken", "that is taken during a create-only write", () => 1_000),
  {
    ...overtaken(
      "overtaken-in-parts",
      "that is taken during a create-only write in parts",
      (partSize) => partSize + 1_000,
    ),
    needs: ["conditionalCreateInParts"],
  },
  {
    id: "create/again-after-delete",
    title: "a deleted key can be created again",
    tier: "fast",
    needs: ["conditionalCreate"],
    run: async (context) => {
      for (const text of ["first", "second"]) {
        await context.filesystem.write(context.key("a"), textBytes(text), CREATE);
        await assertObject(context.filesystem, context.key("a"), textBytes(text));
        await context.filesystem.delete(context.key("a"));
      }
    },
  },
  {
    id: "create/again-after-failure",
    title: "a key stays free after a create-only write was aborted or its source failed",
    tier: "fast",
    needs: ["conditionalCreate"],
    run: async (context) => {
      const failing = thenThrow([textBytes("half")], new Error("no more"));
      await assertRejects(() => context.filesystem.write(context.key("a"), failing, CREATE), "SOURCE_UNREADABLE");
      const controller = new AbortController();
      const content = stalledStream([textBytes("half")]);
      const write = context.filesystem.write(context.key("a"), content, { ...CREATE, signal: controller.signal });
      setImmediate(() => controller.abort());
      await assertRejects(() => write, "ABORTED");
      await assertAbsent(context.filesystem, context.key("a"));
      await context.filesystem.write(context.key("a"), textBytes("whole"), CREATE);
      await assertObject(context.filesystem, context.key("a"), textBytes("whole"));
    },
  },
];

function taken(id: string, title: string, size: (partSize: number) => number): ContractCase {
  return {
    id: `create/${id}`,
    title: `a create-only write of ${title} is ALREADY_EXISTS, and the object is untouched`,
    tier: "fast",
    needs: ["conditionalCreate"],
    run: async (context) => {
      const key = context.key("a");
      await context.filesystem.write(key, textBytes("the first"));
      const bytes = context.bytes(size(context.partSize));
      await assertUnchangedBy(context, async () => {
        for (const declared of [{}, { size: bytes.length }]) {
          const content = asynchronously(inChunks(bytes, 16 * 1024));
          const write = () => context.open().write(key, content, { ...CREATE, ...declared });
          await assertRejects(write, "ALREADY_EXISTS", { operation: "write", key });
        }
      });
    },
  };
}

function race(id: string, title: string, sizes: (partSize: number) => readonly number[]): ContractCase {
  return {
    id: `create/${id}`,
    title,
    tier: "fast",
    needs: ["conditionalCreate"],
    run: async (context) => {
      const handles = [context.filesystem, context.open()] as const;
      const contents = sizes(context.partSize).map((size, index) => Buffer.alloc(size, index));
      const writes = contents.map((bytes, index) => {
        const content = asynchronously(inChunks(bytes, Math.ceil(bytes.length / 3)));
        return (handles[index % 2] ?? handles[0]).write(context.key("a"), content, CREATE);
      });
      const settled = await Promise.allSettled(writes);
      const winners = contents.filter((_, index) => settled[index]?.status === "fulfilled");
      const losses = settled.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
      assert.deepEqual(losses, new Array(contents.length - 1).fill("ALREADY_EXISTS"), "all but one lose");
      await assertObject(context.filesystem, context.key("a"), winners[0] ?? Buffer.alloc(0));
    },
  };
}

function overtaken(id: string, title: string, size: (partSize: number) => number): ContractCase {
  return {
    id: `create/${id}`,
    title: `a key ${title} makes that write fail when it commits`,
    tier: "fast",
    needs: ["conditionalCreate"],
    run: async (context: CaseContext) => {
      const bytes = context.bytes(size(context.partSize));
      const { content, taken, finish } = pausedContent(inChunks(bytes, Math.ceil(bytes.length / 4)));
      const slow = context.filesystem.write(context.key("a"), content, CREATE);
      slow.catch(() => {}); // asserted below
      await Promise.race([taken, slow.catch(() => {})]);
      await context.open().write(context.key("a"), textBytes("the quick one"), CREATE).finally(finish);
      await assertUnchangedBy(context, () => assertRejects(() => slow, "ALREADY_EXISTS", { key: context.key("a") }));
      await assertObject(context.filesystem, context.key("a"), textBytes("the quick one"));
    },
  };
}
