import type {
  Cancellable,
  Capabilities,
  Classification,
  FileInfo,
  FilesystemDriver,
  ListPage,
  ListPageOptions,
  ReadRangeOptions,
  SignUrlOptions,
  WriteObjectOptions,
} from "@stowage/core/driver";
import { classifyGcsError } from "./classify-gcs-error.ts";
import type { GcsOptions } from "./gcs-options.ts";
import { GcsClient } from "./http/gcs-client.ts";
import { listObjects } from "./list-objects.ts";
import { describeObject, OBJECT_FIELDS, parseObject } from "./object-resource.ts";
import { readObject } from "./read/read-object.ts";
import { resolveOptions } from "./resolve-options.ts";
import { signUrl } from "./sign-url.ts";
import { writeObject } from "./write/write-object.ts";

/** Keeps objects in a bucket of Google Cloud Storage, by its JSON API. */
export class GcsDriver implements FilesystemDriver {
  readonly kind = "gcs";
  readonly capabilities: Capabilities;
  readonly #client: GcsClient;

  /** Throws `CONFIG_INVALID` for options that cannot be right. Does no I/O. */
  constructor(options: GcsOptions) {
    const settings = resolveOptions(options);
    this.#client = new GcsClient(settings);
    this.capabilities = Object.freeze({
      conditionalCreate: true,
      contentTypes: true,
      signedUrls: settings.signedUrls,
      shared: true,
      limits: Object.freeze({
        pageSize: 1_000,
        timestampResolutionMs: 1_000,
        partSize: settings.chunkSize,
        objectSize: 5 * 2 ** 40, // https://cloud.google.com/storage/quotas#objects
      }),
    });
  }

  /** Lists one object rather than describe the bucket, which most roles for objects do not permit. */
  async open({ signal }: Cancellable): Promise<void> {
    await listObjects(this.#client, { prefix: "", limit: 1, signal });
  }

  async stat(key: string, { signal }: Cancellable): Promise<FileInfo> {
    const request = { path: this.#client.objectPath(this.#name(key)), query: { fields: OBJECT_FIELDS }, signal };
    const object = await this.#client.retrying(signal, async () => parseObject(await this.#client.json(request)));
    return describeObject(key, object);
  }

  list(options: ListPageOptions): Promise<ListPage> {
    return listObjects(this.#client, options);
  }

  read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
    return readObject(this.#client, key, options);
  }

  async write(key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions): Promise<FileInfo> {
    return describeObject(key, await writeObject(this.#client, this.#name(key), content, options));
  }

  async delete(key: string, { signal }: Cancellable): Promise<void> {
    const request = { method: "DELETE" as const, path: this.#client.objectPath(this.#name(key)), signal };
    try {
      await this.#client.retrying(signal, async () => (await this.#client.send(request)).text());
    } catch (error) {
      if (this.classify(error).code !== "NOT_FOUND") throw error;
    }
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  classify(error: unknown): Classification {
    return classifyGcsError(error);
  }

  signUrl(key: string, options: SignUrlOptions & Cancellable): Promise<string> {
    return signUrl(this.#client, this.#name(key), options);
  }

  /** The only place where a key becomes a name in the bucket, but for listings and downloads. */
  #name(key: string): string {
    return `${this.#client.settings.prefix}${key}`;
  }
}
