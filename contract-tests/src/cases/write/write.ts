import assert from "node:assert/strict";
import { Readable } from "node:stream";
import type { Content, FilesystemDriver } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import {
  assertBytes,
  assertObject,
  assertRejects,
  assertSameInfo,
  listKeys,
  readBytes,
} from "../../assert/assertions.ts";
import {
  asynchronously,
  inChunks,
  KIB,
  nextTurn,
  stalledStream,
  textBytes,
  WatchedContent,
} from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";

export const writeCases: readonly ContractCase[] = [
  storing("empty-content", "content without a chunk is stored as an empty object", 0, () => []),
  withoutDriver(storing("empty-chunk", "one empty chunk is stored as an empty object", 0, (bytes) => [bytes])),
  withoutDriver(
    storing("empty-chunks", "many empty chunks are stored as an empty object", 0, (bytes) => [bytes, bytes, bytes]),
  ),
  storing("one-byte-chunks", "chunks of one byte are stored in order", 200, (bytes) => inChunks(bytes, 1)),
  storing("prime-chunks", "chunks of 4,099 bytes are stored in order", 200 * KIB, (bytes) => inChunks(bytes, 4_099)),
  storing("one-huge-chunk", "one chunk larger than any buffer is stored", 1024 * KIB + 1, (bytes) => [bytes]),
  withoutDriver(
    storing("empty-chunk-in-the-middle", "an empty chunk does not end the content", 2 * KIB, (bytes) => [
      bytes.subarray(0, 0),
      bytes.subarray(0, 700),
      bytes.subarray(0, 0),
      bytes.subarray(700),
      bytes.subarray(0, 0),
    ]),
  ),
  from("buffer", "a Buffer", (bytes) => bytes),
  from("uint8array-view", "a view into a larger Uint8Array", (bytes) => {
    const larger = new Uint8Array(bytes.length + 20);
    larger.set(bytes, 10);
    return larger.subarray(10, bytes.length + 10);
  }),
  from("node-stream", "a Node stream", (bytes) => Readable.from(inChunks(bytes, 1_000), { objectMode: false })),
  from(
    "web-stream",
    "a web stream",
    (bytes) => Readable.toWeb(Readable.from(inChunks(bytes, 1_000))) as ReadableStream,
  ),
  from("async-generator", "an async generator", (bytes) => asynchronously(inChunks(bytes, 1_000))),
  from("sync-iterable", "an array of chunks", (bytes) => [...inChunks(bytes, 1_000)]),
  {
    id: "write/reused-buffer",
    title: "a producer may overwrite its chunk once it is asked for the next one",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const bytes = context.bytes(64 * KIB);
      await context.filesystem.write(context.key("a"), overwritingProducer(bytes, 1_000));
      await assertObject(context.filesystem, context.key("a"), bytes);
    },
  },
  aroundAPart("known", (bytes) => ({ size: bytes.length }), [-1, 0, 1]),
  aroundAPart("unknown", () => ({}), [0, 1]),
  {
    id: "write/bounded-read-ahead",
    title: "a source is not read far ahead of a slow store",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const content = new WatchedContent(inChunks(context.bytes(256 * KIB), KIB));
      let ahead = 0;
      let taken = 0;
      const slow = (driver: FilesystemDriver) =>
        wrapDriver(driver, {
          write: (key, chunks, options) => driver.write(key, slowly(chunks), options),
        });
      async function* slowly(chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          for (let turn = 0; turn < 3; turn++) await nextTurn();
          ahead = Math.max(ahead, content.pulled - ++taken);
          yield chunk;
        }
      }
      await context.openThrough(slow).write(context.key("a"), content);
      assert.ok(ahead <= 8, `at most 8 chunks are read ahead, not ${ahead}`);
    },
  },
  {
    id: "write/iterator-is-not-returned-on-success",
    title: "an iterator that is read to its end is iterated once and not told to return",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const content = new WatchedContent(inChunks(context.bytes(10 * KIB), KIB));
      await context.filesystem.write(context.key("a"), content);
      assertEqual(
        [content.iterators, content.returned, content.pulled],
        [1, 0, 11],
        "how many iterators, returns and chunks a write asks for",
      );
    },
  },
  {
    id: "write/iterator-is-returned-once-on-failure",
    title: "an iterator that is left early is told to return, once",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const content = new WatchedContent(inChunks(context.bytes(10 * KIB), KIB));
      await assertRejects(() => context.filesystem.write(context.key("a"), content, { size: 1 }), "SIZE_MISMATCH");
      await nextTurn();
      assertEqual(
        [content.iterators, content.returned],
        [1, 1],
        "how many iterators and returns a write that fails asks for",
      );
    },
  },
  {
    id: "write/stream-is-destroyed-on-failure",
    title: "a stream that is left early is destroyed",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const content = stalledStream(inChunks(context.bytes(10 * KIB), KIB));
      await assertRejects(() => context.filesystem.write(context.key("a"), content, { size: 1 }), "SIZE_MISMATCH");
      await nextTurn();
      assert.ok(content.destroyed, "the stream is destroyed");
    },
  },
  {
    id: "write/returns-what-stat-returns",
    title: "write resolves with what stat returns, for new objects and for overwrites",
    tier: "fast",
    run: async (context) => {
      for (const size of [0, 10, context.partSize + 1, 5]) {
        const written = await context.filesystem.write(context.key("a"), context.bytes(size));
        assertSameInfo(context.filesystem, written, await context.filesystem.stat(context.key("a")));
        assertEqual(written.size, size, `the size that write returns of ${size} bytes`);
      }
    },
  },
  {
    id: "write/refuses-bad-options",
    title: "a size that is no whole number from 0 on is refused, and the content is not read",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      for (const size of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "3" as unknown as number]) {
        const content = new WatchedContent([textBytes("abc")]);
        const call = () => context.filesystem.write(context.key("a"), content, { size });
        await assertRejects(call, "INVALID_ARGUMENT", { operation: "write", key: context.key("a") });
        assertEqual(content.pulled, 0, "how many chunks are taken by a write with a bad size");
      }
      assertEqual(
        await listKeys(context.filesystem, context.prefix),
        [],
        "the keys listed after writes that were refused",
      );
    },
  },
];

/** Of content that `Filesystem` makes the same for every driver: empty chunks never reach one. */
function withoutDriver(contractCase: ContractCase): ContractCase {
  return { ...contractCase, isPortable: true };
}

function storing(
  id: string,
  title: string,
  size: number,
  chunk: (bytes: Buffer) => Iterable<Uint8Array>,
): ContractCase {
  return {
    id: `write/${id}`,
    title,
    tier: "fast",
    run: async (context) => {
      const bytes = context.bytes(size);
      for (const options of [{}, { size }]) {
        await context.filesystem.write(context.key("a"), asynchronously(chunk(bytes)), options);
        await assertObject(context.filesystem, context.key("a"), bytes);
      }
    },
  };
}

function from(id: string, title: string, make: (bytes: Buffer) => Content): ContractCase {
  return {
    id: `write/from-${id}`,
    title: `${title} is stored`,
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const bytes = context.bytes(100 * KIB + 7);
      await context.filesystem.write(context.key("a"), make(bytes));
      await assertObject(context.filesystem, context.key("a"), bytes);
    },
  };
}

function aroundAPart(
  id: string,
  options: (bytes: Buffer) => { size?: number },
  offsets: readonly number[],
): ContractCase {
  return {
    id: `write/around-a-part-${id}-size`,
    title: `objects of about one part and of two are stored, their size being ${id} beforehand`,
    tier: "fast",
    run: async (context) => {
      const { filesystem, partSize } = context;
      for (const size of [...offsets.map((offset) => partSize + offset), 2 * partSize]) {
        const bytes = context.bytes(size);
        const content = asynchronously(inChunks(bytes, Math.ceil(partSize / 3)));
        const info = await filesystem.write(context.key("a"), content, options(bytes));
        assertEqual(info.size, size, `the size that write returns of ${size} bytes`);
        assertBytes(await readBytes(filesystem, context.key("a")), bytes, `the object of ${size} bytes`);
      }
    },
  };
}

/** Overwrites its one buffer with the next chunk, as a reader with a single buffer does. */
async function* overwritingProducer(bytes: Buffer, size: number): AsyncGenerator<Uint8Array, void, void> {
  const buffer = Buffer.alloc(size);
  for (const chunk of inChunks(bytes, size)) {
    buffer.set(chunk);
    yield buffer.subarray(0, chunk.length);
    buffer.fill(0);
  }
}
