import { randomUUID } from "node:crypto";
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
  readonly retention?: Retention | undefined;
}

/** Until when nobody may remove a version, but for who may bypass GOVERNANCE. */
export interface Retention {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly until: Date;
}

/** One version of a key: a delete marker if it has no object. */
export interface Version {
  readonly id: string;
  readonly object?: StoredObject;
}

export interface BucketOptions {
  /** Whether what is overwritten or deleted stays as a version. A bucket with object lock keeps versions anyway. */
  readonly versioned?: boolean;
  /** Enables object lock, with a rule for objects that bring no retention of their own. */
  readonly objectLock?: { readonly defaultRetention?: { readonly mode: Retention["mode"]; readonly days: number } };
}

export interface Upload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiatedAt: Date;
  readonly headers: Readonly<Record<string, string>>;
  readonly retention?: Retention | undefined;
  readonly parts: Map<number, UploadedPart>;
}

interface UploadedPart extends StoredBytes {
  readonly receivedAt: Date;
}

/** The id of the one version of a key in a bucket that keeps no others. */
const NULL_VERSION = "null";

/** The objects and open uploads of one bucket. A file is removed when nothing holds it any more. */
export class Bucket {
  readonly isVersioned: boolean;
  readonly objectLock: BucketOptions["objectLock"];
  readonly uploads = new Map<string, Upload>();
  /** By key, the oldest first. None is empty. */
  readonly #versions = new Map<string, Version[]>();
  readonly #holders = new Map<string, number>();
  #sortedKeys: readonly string[] | undefined;

  constructor({ versioned = false, objectLock }: BucketOptions = {}) {
    this.isVersioned = versioned || objectLock !== undefined;
    this.objectLock = objectLock;
  }

  /** The object that the key denotes: that of its last version. */
  object(key: string): StoredObject | undefined {
    return this.versions(key).at(-1)?.object;
  }

  /** All versions of a key, the oldest first. */
  versions(key: string): readonly Version[] {
    return this.#versions.get(key) ?? [];
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

  /** All keys that denote an object, in the order of their UTF-8 bytes. */
  keys(): readonly string[] {
    this.#sortedKeys ??= [...this.#versions.keys()]
      .filter((key) => this.object(key))
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((left, right) => Buffer.compare(left.bytes, right.bytes))
      .map(({ key }) => key);
    return this.#sortedKeys;
  }

  /** Stores a version above all others of `key` at once: there is no moment with half of it. Resolves with its id. */
  async put(key: string, object: StoredObject): Promise<string> {
    const wasThere = this.object(key) !== undefined;
    const version = { id: this.isVersioned ? randomUUID() : NULL_VERSION, object };
    this.hold(object.parts);
    const replaced = this.isVersioned ? [] : this.versions(key);
    this.#versions.set(key, this.isVersioned ? [...this.versions(key), version] : [version]);
    this.#sortedKeys = wasThere ? this.#sortedKeys : undefined;
    await this.#releaseAll(replaced);
    return version.id;
  }

  /** Removes the object, or puts a delete marker above it where versions are kept. Resolves with the marker's id. */
  async delete(key: string): Promise<string | undefined> {
    this.#sortedKeys = undefined;
    if (this.isVersioned) {
      const marker = { id: randomUUID() };
      this.#versions.set(key, [...this.versions(key), marker]);
      return marker.id;
    }
    const removed = this.versions(key);
    this.#versions.delete(key);
    await this.#releaseAll(removed);
    return undefined;
  }

  /** Removes one version for good. */
  async deleteVersion(key: string, id: string): Promise<void> {
    const rest = this.versions(key).filter((version) => version.id !== id);
    const removed = this.versions(key).filter((version) => version.id === id);
    this.#sortedKeys = undefined;
    if (rest.length === 0) this.#versions.delete(key);
    else this.#versions.set(key, rest);
    await this.#releaseAll(removed);
  }

  /** Gives a version another retention. */
  retain(key: string, id: string, retention: Retention): void {
    const versions = this.versions(key).map((version) =>
      version.id === id && version.object ? { id, object: { ...version.object, retention } } : version,
    );
    this.#versions.set(key, versions);
  }

  /** Keeps files on disk until they are released as often. */
  hold(parts: Iterable<StoredBytes>): void {
    for (const { path } of parts) this.#holders.set(path, (this.#holders.get(path) ?? 0) + 1);
  }

  async release(parts: Iterable<StoredBytes>): Promise<void> {
    const unused = [...parts].filter(({ path }) => this.#letGo(path));
    await Promise.all(unused.map(({ path }) => rm(path, { force: true })));
  }

  async #releaseAll(versions: readonly Version[]): Promise<void> {
    await this.release(versions.flatMap(({ object }) => object?.parts ?? []));
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
