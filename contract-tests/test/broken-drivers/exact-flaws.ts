import { gunzipSync } from "node:zlib";
import type { FileInfo } from "@stowage/core";
import type { Cancellable, ReadRangeOptions, WriteObjectOptions } from "@stowage/core/driver";
import { ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

type Chunks = AsyncIterable<Uint8Array>;

/** Flaws that show in particular bytes, sizes, types and versions only. */
export const exactFlaws: readonly Flaw[] = [
  changing("a byte order mark is taken away", ["write/bytes-as-they-are"], (bytes) =>
    bytes.subarray(bytes.toString("hex", 0, 3) === "efbbbf" ? 3 : 0),
  ),
  changing("line ends are made those of Unix", ["write/bytes-as-they-are"], (bytes) =>
    bytes.length > 200 ? bytes : Buffer.from(bytes.toString("latin1").replaceAll("\r\n", "\n"), "latin1"),
  ),
  changing("what is compressed is unpacked", ["write/bytes-as-they-are"], (bytes) =>
    bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes,
  ),
  brokenDriver(
    "what is said to be text is stored as text",
    ["write/bytes-as-they-are"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const isText = options.contentType?.startsWith("text/") === true;
        return super.commit(key, isText ? [Buffer.from(Buffer.concat(parts).toString())] : parts, options);
      }
    },
  ),
  brokenDriver(
    "an etag is made of key and size",
    ["write/overwrite-equally-long"],
    class extends ReferenceDriver {
      protected override find(key: string): StoredObject {
        const object = super.find(key);
        return { ...object, etag: `${key}-${object.bytes.length}` };
      }

      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const info = await super.write(key, content, options);
        return { ...info, etag: `${key}-${info.size}` };
      }
    },
  ),
  brokenDriver(
    "an empty object replaces nothing",
    ["write/overwrite-shorter"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        if (parts.length === 0 && this.place.objects.has(key)) return { ...this.find(key), bytes: new Uint8Array() };
        return super.commit(key, parts, options);
      }
    },
  ),
  brokenDriver(
    "only 100 parts are joined",
    ["write/parts-in-order"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const bytes = Buffer.concat(parts);
        const stored = super.commit(key, parts.slice(0, 100), options);
        return { ...stored, bytes };
      }
    },
  ),
  brokenDriver(
    "a content type is made lower case",
    ["write/content-type"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        return super.commit(key, parts, { ...options, contentType: options.contentType?.toLowerCase() });
      }
    },
  ),
  brokenDriver(
    "a range is described without its content type",
    ["write/content-type"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: Chunks }> {
        const { info, content } = await super.read(key, options);
        const { contentType: _, ...untyped } = info;
        return { info: options.range ? untyped : info, content };
      }
    },
  ),
  brokenDriver(
    "only the handle that wrote an object knows its content type",
    ["write/content-type"],
    class extends ReferenceDriver {
      readonly #own = new Set<string>();

      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        this.#own.add(key);
        return super.write(key, content, options);
      }

      override async stat(key: string, options: Cancellable): Promise<FileInfo> {
        const { contentType, ...info } = await super.stat(key, options);
        return this.#own.has(key) && contentType !== undefined ? { ...info, contentType } : info;
      }
    },
  ),
  brokenDriver(
    "the content type comes a moment after the object",
    ["write/appears-at-once"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const { contentType } = options;
        const info = await super.write(key, content, { ...options, contentType: undefined });
        if (contentType === undefined) return info;
        for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
        this.place.objects.set(key, { ...this.find(key), contentType });
        return { ...info, contentType };
      }
    },
  ),
  brokenDriver(
    "the memory that is read into is taken from the offset in the object on",
    ["read/into-memory"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: Chunks }> {
        const { info, content } = await super.read(key, options);
        const { memory, range } = options;
        async function* misplaced() {
          for await (const chunk of content) {
            const place = memory?.subarray(range?.start ?? 0).subarray(0, chunk.length);
            if (place?.length) place.set(chunk.subarray(0, place.length));
            if (place?.length) yield place;
            yield chunk.subarray(place?.length ?? 0);
          }
        }
        return { info, content: misplaced() };
      }
    },
  ),
  brokenDriver(
    "a body ends behind 400,000 bytes",
    ["write/parts-in-order"],
    class extends ReferenceDriver {
      protected override chunksOf(bytes: Uint8Array, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
        return super.chunksOf(bytes.subarray(0, 400_000), signal);
      }
    },
  ),
];

function changing(name: string, caughtBy: readonly string[], change: (bytes: Buffer) => Uint8Array): Flaw {
  return brokenDriver(
    name,
    caughtBy,
    class extends ReferenceDriver {
      protected override async *chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
        yield change(Buffer.from(bytes)); // the size that is told is that of what was written
      }
    },
  );
}
