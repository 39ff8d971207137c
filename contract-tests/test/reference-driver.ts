import { randomUUID } from "node:crypto";
import {
  type Capabilities,
  type FileInfo,
  type FilesystemDriver,
  type SignUrlOptions,
  StowageError,
} from "@stowage/core";
import {
  type Cancellable,
  type Classification,
  compareKeys,
  type ListPage,
  type ListPageOptions,
  type ReadRangeOptions,
  type WriteObjectOptions,
} from "@stowage/core/driver";
import type { ReferencePlace, StoredObject } from "./reference-place.ts";
import { signedAddress } from "./reference-server.ts";

const PART_SIZE = 4 * 1024;
const MAX_PARTS = 10_000;
const CHUNK_SIZE = 16 * 1024;

export const REFERENCE_CAPABILITIES: Capabilities = Object.freeze({
  conditionalCreate: true,
  contentTypes: true,
  signedUrls: true,
  shared: false,
  limits: Object.freeze({ pageSize: 100, timestampResolutionMs: 1, partSize: PART_SIZE }),
});

/** A correct driver with every capability, small enough to be broken in every way. Keeps objects in a Map. */
export class ReferenceDriver implements FilesystemDriver {
  readonly kind: string = "reference";
  readonly capabilities: Capabilities = REFERENCE_CAPABILITIES;
  readonly place: ReferencePlace;

  constructor(place: ReferencePlace) {
    this.place = place;
  }

  async open({ signal }: Cancellable): Promise<void> {
    signal.throwIfAborted();
  }

  async stat(key: string, { signal }: Cancellable): Promise<FileInfo> {
    signal.throwIfAborted();
    return infoOf(key, this.find(key));
  }

  async list({ prefix, limit, cursor, signal }: ListPageOptions): Promise<ListPage> {
    signal.throwIfAborted();
    const keys = [...this.place.objects.keys()]
      .filter((key) => key.startsWith(prefix) && (cursor === undefined || compareKeys(key, cursor) > 0))
      .sort(compareKeys);
    const files = keys.slice(0, limit).map((key) => infoOf(key, this.find(key)));
    return keys.length > limit ? { files, cursor: files.at(-1)?.key } : { files };
  }

  async read(
    key: string,
    { range, signal }: ReadRangeOptions,
  ): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
    signal.throwIfAborted();
    const object = this.find(key);
    if (range && range.start >= object.bytes.length) {
      throw new StowageError("RANGE_NOT_SATISFIABLE", `byte ${range.start} of ${object.bytes.length}`);
    }
    return {
      info: infoOf(key, object),
      content: this.chunksOf(object.bytes.subarray(range?.start ?? 0, range?.end), signal),
    };
  }

  async write(key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions): Promise<FileInfo> {
    const upload = randomUUID();
    try {
      const parts = await this.upload(upload, content, options);
      options.signal.throwIfAborted();
      return infoOf(key, this.commit(key, parts, options));
    } finally {
      this.place.uploads.delete(upload);
    }
  }

  async delete(key: string, { signal }: Cancellable): Promise<void> {
    signal.throwIfAborted();
    this.place.objects.delete(key);
  }

  async close(): Promise<void> {}

  classify(error: unknown): Classification {
    if (error instanceof StowageError) return { code: error.code, retryable: error.retryable };
    return { code: "INTERNAL", retryable: false };
  }

  async signUrl(key: string, options: SignUrlOptions & Cancellable): Promise<string> {
    return signedAddress(this.place, key, options);
  }

  protected find(key: string): StoredObject {
    const object = this.place.objects.get(key);
    if (!object) throw new StowageError("NOT_FOUND", "no object lies here");
    return object;
  }

  /** Sends full parts as they come together, and returns all of them with the rest. */
  protected async upload(
    id: string,
    content: AsyncIterable<Uint8Array>,
    { signal }: WriteObjectOptions,
  ): Promise<Uint8Array[]> {
    const parts: Uint8Array[] = [];
    let pending = Buffer.alloc(0);
    for await (const chunk of content) {
      signal.throwIfAborted();
      pending = Buffer.concat([pending, chunk]);
      for (let size = this.partSizeAt(parts.length); pending.length >= size; size = this.partSizeAt(parts.length)) {
        parts.push(pending.subarray(0, size));
        pending = pending.subarray(size);
        this.place.uploads.set(id, parts);
      }
      if (parts.length > MAX_PARTS) throw new StowageError("INTERNAL", "more than 10,000 parts");
    }
    return pending.length > 0 ? [...parts, pending] : parts;
  }

  /** Parts grow, so that 10,000 of them are enough. */
  protected partSizeAt(count: number): number {
    return PART_SIZE * 2 ** Math.floor(count / 1_000);
  }

  protected commit(
    key: string,
    parts: readonly Uint8Array[],
    { ifNotExists, contentType }: WriteObjectOptions,
  ): StoredObject {
    if (ifNotExists && this.place.objects.has(key)) throw new StowageError("ALREADY_EXISTS", "the key is taken");
    return this.place.put(key, parts, contentType);
  }

  protected async *chunksOf(bytes: Uint8Array, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    for (let start = 0; start < bytes.length; start += CHUNK_SIZE) {
      signal.throwIfAborted();
      yield bytes.subarray(start, start + CHUNK_SIZE);
    }
  }
}

export function infoOf(key: string, { bytes, modifiedAt, etag, contentType }: StoredObject): FileInfo {
  return { key, size: bytes.length, modifiedAt, etag, ...(contentType === undefined ? {} : { contentType }) };
}
