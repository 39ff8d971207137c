import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Spool } from "../body/spool.ts";
import { GcsReplyError, invalid, missingBucket, missingObject } from "../gcs-reply-error.ts";

/** An object resource (https://cloud.google.com/storage/docs/json_api/v1/objects), as far as this server keeps one. */
export interface StoredObject {
  readonly kind: "storage#object";
  readonly bucket: string;
  readonly name: string;
  readonly generation: string;
  readonly metageneration: string;
  readonly size: string;
  readonly crc32c: string;
  readonly md5Hash: string;
  readonly etag: string;
  readonly contentType: string;
  readonly contentEncoding?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly timeCreated: string;
  readonly updated: string;
}

/** What a client may say about an object that it uploads. */
export interface ObjectMetadata {
  readonly name?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly crc32c?: string;
  readonly md5Hash?: string;
}

interface Entry {
  readonly object: StoredObject;
  readonly path: string;
}

/** The objects of one bucket: resources in memory, bytes on disk. */
export class ObjectStore {
  readonly bucket: string;
  readonly #directory: string;
  readonly #entries = new Map<string, Entry>();
  #generation = BigInt(Date.now()) * 1_000n;
  #files = 0;

  constructor(bucket: string, directory: string) {
    this.bucket = bucket;
    this.#directory = directory;
  }

  assertBucket(bucket: string): void {
    if (bucket !== this.bucket) throw missingBucket();
  }

  createSpool(): Promise<Spool> {
    return Spool.create(join(this.#directory, String(++this.#files)));
  }

  /** Names in UTF-8 order, which is the order of a listing. */
  names(): string[] {
    return [...this.#entries.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  find(name: string, query: URLSearchParams): Entry {
    const entry = this.#entries.get(name);
    const generation = query.get("generation");
    if (!entry || (generation !== null && generation !== entry.object.generation))
      throw missingObject(this.bucket, name);
    return entry;
  }

  /** Throws 412 unless the conditions of the query hold for the object under `name`. */
  assertConditions(name: string, query: URLSearchParams): void {
    const current = this.#entries.get(name)?.object.generation ?? "0";
    const wanted = query.get("ifGenerationMatch");
    const unwanted = query.get("ifGenerationNotMatch");
    if ((wanted === null || wanted === current) && unwanted !== current) return;
    const message = "At least one of the pre-conditions you specified did not hold.";
    throw new GcsReplyError(412, "conditionNotMet", message);
  }

  /** Publishes a spool under `name`, or throws and removes it. Synchronous but for that: no write comes in between. */
  async commit(
    name: string,
    spool: Spool,
    options: { metadata: ObjectMetadata; query: URLSearchParams },
  ): Promise<StoredObject> {
    await spool.close();
    try {
      this.assertConditions(name, options.query);
      assertChecksums(spool, options.metadata);
      const replaced = this.#entries.get(name);
      const object = this.#describe(name, spool, options.metadata);
      this.#entries.set(name, { object, path: spool.path });
      if (replaced) await rm(replaced.path, { force: true });
      return object;
    } catch (error) {
      await rm(spool.path, { force: true });
      throw error;
    }
  }

  async discard(spool: Spool): Promise<void> {
    await spool.close();
    await rm(spool.path, { force: true });
  }

  async delete(name: string, query: URLSearchParams): Promise<void> {
    const entry = this.find(name, query);
    this.assertConditions(name, query);
    this.#entries.delete(name);
    await rm(entry.path, { force: true });
  }

  #describe(name: string, spool: Spool, metadata: ObjectMetadata): StoredObject {
    const generation = String(++this.#generation);
    const now = new Date().toISOString();
    return {
      kind: "storage#object",
      bucket: this.bucket,
      name,
      generation,
      metageneration: "1",
      size: String(spool.size),
      crc32c: spool.crc32c,
      md5Hash: spool.md5Hash,
      etag: Buffer.from(generation).toString("base64"),
      contentType: metadata.contentType ?? "application/octet-stream",
      ...(metadata.contentEncoding === undefined ? {} : { contentEncoding: metadata.contentEncoding }),
      ...(metadata.metadata === undefined ? {} : { metadata: metadata.metadata }),
      timeCreated: now,
      updated: now,
    };
  }
}

function assertChecksums(spool: Spool, { crc32c, md5Hash }: ObjectMetadata): void {
  if (crc32c !== undefined && crc32c !== spool.crc32c) {
    throw invalid(`Provided CRC32C "${crc32c}" doesn't match calculated CRC32C "${spool.crc32c}".`);
  }
  if (md5Hash !== undefined && md5Hash !== spool.md5Hash) {
    throw invalid(`Provided MD5 hash "${md5Hash}" doesn't match calculated MD5 hash "${spool.md5Hash}".`);
  }
}
