import { Readable } from "node:stream";
import { type Content, StowageError } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertObject, assertRejects, listKeys } from "../../assert/assertions.ts";
import { assertUnchangedBy } from "../../assert/snapshot.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { aboveOnePart, inChunks, stalledStream, textBytes, thenThrow } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";

/** Where in the content a source fails, as a size that depends on the part size. */
const POSITIONS: Readonly<Record<string, { title: string; size: (partSize: number) => number; needs?: ["parts"] }>> = {
  "before-any-chunk": { title: "before its first chunk", size: () => 0 },
  "below-one-part": { title: "after less than one part", size: (partSize) => Math.floor(partSize / 2) },
  "above-one-part": { title: "after more than one part", size: aboveOnePart, needs: ["parts"] },
};

export const writeFailureCases: readonly ContractCase[] = [
  ...Object.keys(POSITIONS).flatMap((position) => [sourceFails(position, "free"), sourceFails(position, "taken")]),
  lastByte("free"),
  lastByte("taken"),
  wrongSize("size-too-large", "less than declared", (partSize) => [1, partSize]),
  wrongSize("size-too-small", "more than declared", (partSize) => [-1, -partSize]),
  {
    id: "write-fails/iterator-cannot-be-made",
    title: "content whose iterator cannot be made fails the write with that error as cause",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const cause = new Error("no iterator today");
      const content = {
        [Symbol.asyncIterator]: (): AsyncIterator<Uint8Array> => {
          throw cause;
        },
      };
      await assertUnchangedBy(context, () =>
        assertRejects(() => context.filesystem.write(context.key("a"), content), "SOURCE_UNREADABLE", { cause }),
      );
    },
  },
  {
    id: "write-fails/stream-with-an-error",
    title: "a stream that is destroyed with an error fails the write with that error as cause",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const cause = new Error("the cable is out");
      const stream = stalledStream(inChunks(context.bytes(1_000), 100));
      const write = () => {
        const promise = context.filesystem.write(context.key("a"), stream);
        setImmediate(() => stream.destroy(cause));
        return promise;
      };
      await assertUnchangedBy(context, () => assertRejects(write, "SOURCE_UNREADABLE", { cause }));
    },
  },
  {
    id: "write-fails/typed-source-error",
    title: "a StowageError that the source throws keeps its code",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const failure = new StowageError("SOURCE_CHANGED", "the file grew while it was read");
      const content = thenThrow([textBytes("abc")], failure);
      await assertUnchangedBy(context, () =>
        assertRejects(() => context.filesystem.write(context.key("a"), content), "SOURCE_CHANGED", {
          operation: "write",
        }),
      );
    },
  },
  {
    id: "write-fails/wrong-chunk-type",
    title: "chunks that are not bytes are refused, after good ones too",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const { filesystem } = context;
      for (const chunk of ["text", 42, null, {}, [1, 2], new ArrayBuffer(3)]) {
        const content = [textBytes("good"), chunk] as Uint8Array[];
        await assertRejects(() => filesystem.write(context.key("a"), content), "INVALID_ARGUMENT", {
          key: context.key("a"),
        });
      }
      await context.settle();
      await assertAbsent(filesystem, context.key("a"));
    },
  },
  refusesContent("content-of-no-kind", "what is no content is refused", () => [undefined, null, 42, true, {}, "text"]),
  refusesContent("destroyed-stream", "a destroyed stream is refused", () => [Readable.from(["x"]).destroy()]),
  refusesContent("consumed-stream", "a stream that was read to its end is refused", async () => {
    const stream = Readable.from([textBytes("read already")]);
    for await (const _ of stream);
    return [stream];
  }),
  refusesContent("locked-web-stream", "a web stream that is locked or was read from is refused", async () => {
    const [locked, read] = [webStream(), webStream()];
    locked.getReader();
    const reader = read.getReader();
    await reader.read();
    reader.releaseLock();
    return [locked, read];
  }),
];

function sourceFails(position: string, place: "free" | "taken"): ContractCase {
  const { title = "", size = () => 0, needs } = POSITIONS[position] ?? {};
  return {
    id: `write-fails/source-${position}-${place}-key`,
    title: `a source that throws ${title} leaves a ${place} key as it was`,
    tier: "fast",
    ...(needs ? { needs } : {}),
    run: async (context) => {
      await occupy(context, place);
      const cause = new Error("the disk caught fire");
      const bytes = context.bytes(size(context.partSize));
      const write = (declared: { size?: number }) => () => {
        const content = thenThrow(inChunks(bytes, Math.ceil(bytes.length / 5) || 1), cause);
        return context.filesystem.write(context.key("a"), content, declared);
      };
      await assertUnchangedBy(context, async () => {
        for (const declared of [{}, { size: bytes.length + 1_000 }]) {
          await assertRejects(write(declared), "SOURCE_UNREADABLE", {
            operation: "write",
            key: context.key("a"),
            cause,
          });
        }
      });
    },
  };
}

function lastByte(place: "free" | "taken"): ContractCase {
  return {
    id: `write-fails/source-after-the-last-byte-${place}-key`,
    title: `a source that throws after its last byte, where all declared bytes have come, leaves a ${place} key as it was`,
    tier: "fast",
    run: async (context) => {
      await occupy(context, place);
      const cause = new Error("the checksum at the end is wrong");
      await assertUnchangedBy(context, async () => {
        for (const size of [1, 1_000, 2 * context.partSize]) {
          const bytes = context.bytes(size);
          const isLarge = size > 1_000; // once is enough: declared over an old object, undeclared otherwise
          for (const declared of isLarge ? [place === "taken" ? { size } : {}] : [{ size }, {}]) {
            const content = thenThrow(inChunks(bytes, Math.ceil(size / 4)), cause);
            await assertRejects(
              () => context.filesystem.write(context.key("a"), content, declared),
              "SOURCE_UNREADABLE",
              { cause },
            );
          }
        }
      });
    },
  };
}

function wrongSize(id: string, title: string, offsets: (partSize: number) => readonly number[]): ContractCase {
  return {
    id: `write-fails/${id}`,
    title: `content of ${title} is a SIZE_MISMATCH, and changes nothing`,
    tier: "fast",
    run: async (context) => {
      await context.filesystem.write(context.key("taken"), textBytes("old"));
      const bytes = context.bytes(context.partSize + 500);
      await assertUnchangedBy(context, async () => {
        for (const [index, offset] of offsets(context.partSize).entries()) {
          const key = context.key(index === 0 ? "free" : "taken");
          const content = inChunks(bytes, Math.ceil(bytes.length / 6));
          const size = bytes.length + offset;
          await assertRejects(() => context.filesystem.write(key, content, { size }), "SIZE_MISMATCH", {
            operation: "write",
            key,
          });
        }
      });
    },
  };
}

function refusesContent(id: string, title: string, make: () => unknown[] | Promise<unknown[]>): ContractCase {
  return {
    id: `write-fails/${id}`,
    title,
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      await context.filesystem.write(context.key("a"), textBytes("old"));
      for (const content of await make()) {
        const write = () => context.filesystem.write(context.key("a"), content as Content);
        await assertRejects(write, "INVALID_ARGUMENT", { operation: "write" });
      }
      await assertObject(context.filesystem, context.key("a"), textBytes("old"));
      assertEqual(
        await listKeys(context.filesystem, context.prefix),
        [context.key("a")],
        "the keys listed after writes that were refused",
      );
    },
  };
}

async function occupy(context: CaseContext, place: "free" | "taken"): Promise<void> {
  await context.filesystem.write(context.key("neighbour"), textBytes("stays"));
  if (place === "taken") await context.filesystem.write(context.key("a"), textBytes("old"));
}

function webStream(): ReadableStream<Uint8Array> {
  return Readable.toWeb(Readable.from([textBytes("one"), textBytes("two")])) as ReadableStream<Uint8Array>;
}
