import type { WriteOptions } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import {
  assertAbsent,
  assertBytes,
  assertObject,
  assertRejects,
  assertSameInfo,
  readBytes,
} from "../../assert/assertions.ts";
import { assertUnchangedBy } from "../../assert/snapshot.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { asynchronously, inChunks, pausedContent, stalledStream, textBytes, thenThrow } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";

const CREATE = { ifNotExists: true } as const;

export const createCases: readonly ContractCase[] = [
  {
    id: "create/free-key",
    title: "a create-only write of a free key stores the object, an empty and a large one too",
    tier: "fast",
    isPrefixed: true,
    needs: ["conditionalCreate"],
    run: async (context) => {
      const { conditionalCreateSize = Number.POSITIVE_INFINITY } = context.filesystem.capabilities.limits;
      for (const size of [0, 4, Math.min(20_000, conditionalCreateSize)]) {
        const key = context.key(`${size}`);
        const bytes = context.bytes(size);
        const info = await context.filesystem.write(key, asynchronously([bytes]), CREATE);
        assertSameInfo(context.filesystem, info, await context.open().stat(key));
        assertBytes(
          await readBytes(context.filesystem, key),
          bytes,
          `what a create-only write of ${size} bytes stored`,
        );
      }
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
    title: `a create-only write of ${title} is ALREADY_EXISTS, of the same bytes and over an empty object too, and all is untouched`,
    tier: "fast",
    needs: ["conditionalCreate"],
    run: async (context) => {
      const [key, empty] = [context.key("a"), context.key("empty")];
      const first = textBytes("the first");
      await context.filesystem.write(key, first);
      await context.filesystem.write(empty, []);
      const bytes = context.bytes(size(context.partSize));
      const attempts: [string, Buffer, WriteOptions][] = [
        [key, bytes, {}],
        [key, bytes, { size: bytes.length }],
        [key, first, context.filesystem.capabilities.contentTypes ? { contentType: "application/zip" } : {}],
        [empty, textBytes("more"), {}],
        [empty, Buffer.alloc(0), { size: 0 }],
        [key, Buffer.alloc(0), { size: 0 }],
      ];
      await assertUnchangedBy(context, async () => {
        for (const [taken, next, declared] of attempts) {
          const content = asynchronously(inChunks(next, 16 * 1024));
          const write = () => context.open().write(taken, content, { ...CREATE, ...declared });
          await assertRejects(write, "ALREADY_EXISTS", { operation: "write", key: taken });
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
      assertEqual(
        losses,
        new Array(contents.length - 1).fill("ALREADY_EXISTS"),
        "what the create-only writes that lose reject with",
      );
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
