import { Readable } from "node:stream";
import { type Content, type FileInfo, Filesystem, type WriteOptions } from "@stowage/core";
import type { WriteObjectOptions } from "@stowage/core/driver";
import { ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { brokenDriver, brokenFilesystem, type Flaw } from "./flaw.ts";

export const writeFlaws: readonly Flaw[] = [
  brokenDriver(
    "an empty object is not stored",
    ["write/empty-content", "write/empty-chunk", "write/empty-chunks"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const object = super.commit(key, parts, options);
        if (object.bytes.length === 0) this.place.objects.delete(key);
        return object;
      }
    },
  ),
  changingContent("an empty chunk ends the content", ["write/empty-chunk-in-the-middle"], (chunks) => {
    const end = chunks.findIndex((chunk) => chunk.length === 0);
    return end < 0 ? chunks : chunks.slice(0, end);
  }),
  changingContent("a chunk of one byte is lost", ["write/one-byte-chunks"], (chunks) =>
    chunks.filter((chunk) => chunk.length !== 1),
  ),
  changingContent("chunks are padded to blocks", ["write/prime-chunks"], (chunks) =>
    chunks.map((chunk) => (chunk.length === 4_099 ? Buffer.concat([chunk], 4_608) : chunk)),
  ),
  changingContent("a chunk is cut to a megabyte", ["write/one-huge-chunk"], (chunks) =>
    chunks.map((chunk) => chunk.subarray(0, 1_000_000)),
  ),
  replacingSource(
    "bytes are taken from where their buffer starts",
    ["write/from-buffer", "write/from-uint8array-view"],
    (content) => (content instanceof Uint8Array ? new Uint8Array(content.buffer) : content),
  ),
  replacingSource("only what a stream has buffered is stored", ["write/from-node-stream"], (content) =>
    content instanceof Readable ? ((content.read() as Buffer | null) ?? Buffer.alloc(0)) : content,
  ),
  replacingSource("only one chunk of a web stream is stored", ["write/from-web-stream"], (content) =>
    content instanceof ReadableStream ? firstOf(content as unknown as AsyncIterable<Uint8Array>) : content,
  ),
  replacingSource("only one chunk of a generator is stored", ["write/from-async-generator"], (content) =>
    Symbol.asyncIterator in content && !(content instanceof Readable)
      ? firstOf(content as AsyncIterable<Uint8Array>)
      : content,
  ),
  replacingSource("only one chunk of an array is stored", ["write/from-sync-iterable"], (content) =>
    Array.isArray(content) ? content.slice(0, 1) : content,
  ),
  replacingSource(
    "chunks are kept without a copy while the next one is asked for",
    ["write/reused-buffer"],
    (content) => (Symbol.asyncIterator in content && !(content instanceof Readable) ? Readable.from(content) : content),
  ),
  replacingSource("all content is read before any is stored", ["write/bounded-read-ahead"], async (content) => {
    const chunks: Uint8Array[] = [];
    if (Symbol.asyncIterator in content) for await (const chunk of content) chunks.push(chunk);
    return chunks.length > 0 ? chunks : content;
  }),
  replacingSource("an iterator is always told to return", ["write/iterator-is-not-returned-on-success"], (content) =>
    Symbol.asyncIterator in content && !(content instanceof Readable) ? thenReturn(content) : content,
  ),
  replacingSource("an iterator is never told to return", ["write/iterator-is-returned-once-on-failure"], (content) =>
    Symbol.asyncIterator in content && !(content instanceof Readable) ? withoutReturn(content) : content,
  ),
  replacingSource("a stream is left as it is", ["write/stream-is-destroyed-on-failure"], (content) =>
    content instanceof Readable ? content.iterator({ destroyOnReturn: false }) : content,
  ),
  brokenFilesystem(
    "a bad size is ignored",
    ["write/refuses-bad-options"],
    class extends Filesystem {
      override write(key: string, content: Content, options: WriteOptions = {}): Promise<FileInfo> {
        const { size, ...others } = options;
        return super.write(key, content, Number.isSafeInteger(size) ? options : others);
      }
    },
  ),
  brokenDriver(
    "a content type is kept from the first write",
    ["write/content-type"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const contentType = this.place.objects.get(key)?.contentType ?? options.contentType;
        return super.commit(key, parts, { ...options, contentType });
      }
    },
  ),
];

/** A driver that gets other chunks than were written. Small ones arrive as the source made them. */
function changingContent(name: string, caughtBy: string[], change: (chunks: Uint8Array[]) => Uint8Array[]): Flaw {
  return replacingSource(name, caughtBy, async (content) => {
    const chunks: Uint8Array[] = [];
    if (Symbol.asyncIterator in content) for await (const chunk of content) chunks.push(chunk);
    else return content;
    return change(chunks);
  });
}

function replacingSource(
  name: string,
  caughtBy: string[],
  replace: (content: Content) => Content | Promise<Content>,
): Flaw {
  return brokenFilesystem(
    name,
    caughtBy,
    class extends Filesystem {
      override async write(key: string, content: Content, options: WriteOptions = {}): Promise<FileInfo> {
        return super.write(key, await replace(content), options);
      }
    },
  );
}

async function* firstOf(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of content) {
    yield chunk;
    return;
  }
}

async function* thenReturn(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const iterator = content[Symbol.asyncIterator]();
  yield* { [Symbol.asyncIterator]: () => iterator };
  await iterator.return?.();
}

function withoutReturn(content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = content[Symbol.asyncIterator]();
  return { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) };
}
