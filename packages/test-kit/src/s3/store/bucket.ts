import { rm } from "node:fs/promises";
import type { Checksums, StoredBytes } from "../body/receive-body.ts";

export interface StoredObject {
  /** The files that make up the object, in order. */
  readonly parts: readonly StoredBytes[];
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Whole seconds, as in `Last-Modified`. */
  readonly modifiedAt: Date;
  /** What the object was stored with: content type, metadata, storage class … */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksums: Checksums;
  readonly checksumType: "COMPOSITE" | "FULL_OBJECT";
}

export interface Upload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedAt: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, UploadedPart>;
}

interface UploadedPart extends StoredBytes {
  readonly receivedAt: Date;
}

/** The objects and open uploads of one bucket. A file is removed when nothing holds it any more. */
export class Bucket {
  readonly uploads = new Map<string, Upload>();
  readonly #objects = new Map<string, StoredObject>();
  readonly #holders = new Map<string, number>();
  #sortedKeys: readonly string[] | undefined;

  object(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** Moves the start of every open upload and the arrival of its parts into the past. */
  ageUploads(ms: number): void {
    const earlier = (time: Date) => new Date(time.getTime() - ms);
    for (const [id, upload] of this.uploads) {
      const parts = [...upload.parts].map(
        ([number, part]) => [number, { ...part, receivedAt: earlier(part.receivedAt) }] as const,
      );
      this.uploads.set(id, { ...upload, initiatedAt: earlier(upload.initiatedAt), parts: new Map(parts) });
    }
  }

  /** All keys in the order of their UTF-8 bytes. */
  keys(): readonly string[] {
    this.#sortedKeys ??= [...this.#objects.keys()]
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((left, right) => Buffer.compare(left.bytes, right.bytes))
      .map(({ key }) => key);
    return this.#sortedKeys;
  }

  /** Replaces the object under `key` at once: there is no moment with half of it. */
  async put(key: string, object: StoredObject): Promise<void> {
    const previous = this.#objects.get(key);
    this.hold(object.parts);
    this.#objects.set(key, object);
    this.#sortedKeys = previous ? this.#sortedKeys : undefined;
    await this.release(previous?.parts ?? []);
  }

  async delete(key: string): Promise<void> {
    const previous = this.#objects.get(key);
    if (!previous) return;
    this.#objects.delete(key);
    this.#sortedKeys = undefined;
    await this.release(previous.parts);
  }

  /** Keeps files on disk until they are released as often. */
  hold(parts: Iterable<StoredBytes>): void {
    for (const { path } of parts) this.#holders.set(path, (this.#holders.get(path) ?? 0) + 1);
  }

  async release(parts: Iterable<StoredBytes>): Promise<void> {
    const unused = [...parts].filter(({ path }) => this.#letGo(path));
    await Promise.all(unused.map(({ path }) => rm(path, { force: true })));
  }

  #letGo(path: string): boolean {
    const holders = (this.#holders.get(path) ?? 0) - 1;
    if (holders > 0) {
      this.#holders.set(path, holders);
      return false;
    }
    this.#holders.delete(path);
    return true;
  }
}
