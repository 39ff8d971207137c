import {
  type Cancellable,
  type Capabilities,
  type Classification,
  type FileInfo,
  type FilesystemDriver,
  type ListPage,
  type ListPageOptions,
  loadedAtFirstUse,
  type ReadRangeOptions,
  type SignUrlOptions,
  type WriteObjectOptions,
} from "@stowage/core/driver";
import { capabilitiesOf } from "./capabilities.ts";
import { classify } from "./classify.ts";
import type { GcsOptions } from "./gcs-options.ts";
import { resolveOptions } from "./resolve-options.ts";

/**
 * Keeps objects in a bucket of Google Cloud Storage, by its JSON API. Throws `CONFIG_INVALID` for a wrong option. The SDK is loaded at
 * first use.
 */
export class GcsDriver implements FilesystemDriver {
  readonly kind = "gcs";
  readonly capabilities: Capabilities;
  readonly #bucket;

  constructor(options: GcsOptions) {
    const settings = resolveOptions(options);
    this.capabilities = capabilitiesOf(settings);
    this.#bucket = loadedAtFirstUse(
      "@google-cloud/storage",
      () => import("./gcs-bucket.ts"),
      ({ GcsBucket }) => new GcsBucket(settings),
    );
  }

  async open(options: Cancellable): Promise<void> {
    await (await this.#bucket.get()).open(options);
  }

  async stat(key: string, options: Cancellable): Promise<FileInfo> {
    return (await this.#bucket.get()).stat(key, options);
  }

  async list(options: ListPageOptions): Promise<ListPage> {
    return (await this.#bucket.get()).list(options);
  }

  async read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
    return (await this.#bucket.get()).read(key, options);
  }

  async write(key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions): Promise<FileInfo> {
    return (await this.#bucket.get()).write(key, content, options);
  }

  async delete(key: string, options: Cancellable): Promise<void> {
    await (await this.#bucket.get()).delete(key, options);
  }

  async signUrl(key: string, options: SignUrlOptions): Promise<string> {
    return (await this.#bucket.get()).signUrl(key, options);
  }

  classify(error: unknown): Classification {
    return classify(error);
  }

  async close(): Promise<void> {
    const bucket = await this.#bucket.loaded();
    bucket?.close();
  }
}
