import type { FileInfo } from "@stowage/core";
import type { ListPage, ListPageOptions, ReadRangeOptions, WriteObjectOptions } from "@stowage/core/driver";
import { infoOf, ReferenceDriver } from "../reference-driver.ts";
import type { ReferencePlace, StoredObject } from "../reference-place.ts";
import { onFailedWrite } from "./failed-write.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

type Chunks = AsyncIterable<Uint8Array>;

const CHUNK_SIZE = 16 * 1024;
const PART_SIZE = 4 * 1024;

/** Flaws of moments and of what a driver remembers: most show in one case and in no other. */
export const loneStateFlaws: readonly Flaw[] = [
  brokenDriver(
    "other handles find an object while it is written",
    ["write/invisible-until-committed", "write/invisible-until-committed-in-parts", "write/appears-at-once"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const written = writtenIn(this.place);
        const taken = this.place.objects.has(key) ? undefined : { driver: this, size: 0 };
        async function* counted() {
          for await (const chunk of content) {
            if (taken) taken.size += chunk.length;
            yield chunk;
          }
        }
        try {
          if (taken) written.set(key, taken);
          return await super.write(key, counted(), options);
        } finally {
          written.delete(key);
        }
      }
      override async stat(key: string, options: { signal: AbortSignal }): Promise<FileInfo> {
        const found = writtenIn(this.place).get(key);
        if (!found || found.driver === this) return super.stat(key, options);
        return { key, size: found.size, modifiedAt: new Date() };
      }
    },
  ),
  brokenDriver(
    "an overwrite in parts sets the time of the old object",
    ["write/old-object-until-committed"],
    class extends ReferenceDriver {
      override async stat(key: string, options: { signal: AbortSignal }): Promise<FileInfo> {
        const info = await super.stat(key, options);
        const isWritten = [...this.place.uploads.values()].some(({ length }) => length > 1);
        return isWritten ? { ...info, modifiedAt: new Date() } : info;
      }
    },
  ),
  brokenDriver(
    "a handle remembers the description of a large object",
    ["write/seen-at-once"],
    class extends ReferenceDriver {
      readonly #seen = new Map<string, FileInfo>();
      override async stat(key: string, options: { signal: AbortSignal }): Promise<FileInfo> {
        const stored = await super.stat(key, options);
        const info = this.#seen.get(key) ?? stored;
        if (info.size > PART_SIZE) this.#seen.set(key, info);
        return info;
      }
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        this.#seen.delete(key);
        return super.write(key, content, options);
      }
    },
  ),
  onFailedWrite(
    "what lacks one byte of a part is committed when the content throws",
    ["write-fails/source-at-a-part-boundary"],
    ({ place }, key, { parts }) => {
      if (sizeOf(parts) === PART_SIZE - 1) place.put(key, parts);
    },
  ),
  brokenDriver(
    "full parts are committed when the signal aborts",
    ["write-fails/aborted-at-a-part-boundary", "write-fails/source-at-a-part-boundary"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const parts: Uint8Array[] = [];
        const commit = () => {
          if (parts.length > 0 && sizeOf(parts) % PART_SIZE === 0) this.place.put(key, parts);
        };
        async function* remembered() {
          for await (const chunk of content) {
            parts.push(chunk);
            yield chunk;
          }
          options.signal.removeEventListener("abort", commit);
        }
        options.signal.addEventListener("abort", commit);
        return super.write(key, remembered(), options);
      }
    },
  ),
  reading("content of an object that was deleted just ends", "read/deleted-meanwhile", (bytes, now) =>
    now ? bytes : undefined,
  ),
  reading("content goes on in an object of the same size", "read/overwritten-meanwhile", (bytes, now) =>
    now?.bytes.length === bytes.length ? now.bytes : bytes,
  ),
  reading("content ends where a shorter object does", "read/overwritten-by-less-meanwhile", (bytes, now) =>
    bytes.subarray(0, now?.bytes.length),
  ),
  brokenDriver(
    "a page goes on with the prefix of the last list",
    ["list/interleaved"],
    class extends ReferenceDriver {
      #prefix = "";
      override async list(options: ListPageOptions): Promise<ListPage> {
        if (options.cursor === undefined) this.#prefix = options.prefix;
        return super.list({ ...options, prefix: this.#prefix });
      }
    },
  ),
  brokenDriver(
    "a reader keeps a description for as long as the size stays",
    ["read/describes-what-it-reads-equally-long"],
    class extends ReferenceDriver {
      readonly #seen = new Map<string, FileInfo>();
      override async read(key: string, options: ReadRangeOptions) {
        const { info, content } = await super.read(key, options);
        const seen = this.#seen.get(key);
        if (seen?.size === info.size) return { info: { ...info, modifiedAt: seen.modifiedAt }, content };
        this.#seen.set(key, info);
        return { info, content };
      }
    },
  ),
];

interface Written {
  readonly driver: ReferenceDriver;
  size: number;
}

const writes = new WeakMap<ReferencePlace, Map<string, Written>>();

function writtenIn(place: ReferencePlace): Map<string, Written> {
  const found = writes.get(place) ?? new Map<string, Written>();
  writes.set(place, found);
  return found;
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((size, part) => size + part.length, 0);
}

/** A driver whose content looks before each chunk at what lies there by then. */
function reading(
  name: string,
  id: string,
  change: (bytes: Uint8Array, now: StoredObject | undefined) => Uint8Array | undefined,
): Flaw {
  return brokenDriver(
    name,
    [id],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions) {
        const object = this.find(key);
        if (options.range) return super.read(key, options);
        const { place } = this;
        async function* content() {
          for (let start = 0; start < object.bytes.length; start += CHUNK_SIZE) {
            const bytes = change(object.bytes, place.objects.get(key));
            if (!bytes || start >= bytes.length) return;
            yield bytes.subarray(start, start + CHUNK_SIZE);
          }
        }
        return { info: infoOf(key, object), content: content() };
      }
    },
  );
}
