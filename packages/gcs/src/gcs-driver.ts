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
import { capabilitiesOf } from "./capabilities.ts";
import { classify } from "./classify.ts";
import { deleteObject } from "./delete-object.ts";
import { GcsConnection } from "./gcs-connection.ts";
import type { GcsOptions } from "./gcs-options.ts";
import { listObjects, reachBucket } from "./list/list-objects.ts";
import { readObject } from "./read/read-object.ts";
import { statObject } from "./read/stat-object.ts";
import { resolveOptions } from "./resolve-options.ts";
import { signUrl } from "./sign-url.ts";
import { writeObject } from "./write/write-object.ts";

/** Keeps objects in a bucket of Google Cloud Storage, by its JSON API. Throws `CONFIG_INVALID` for a wrong option. */
export class GcsDriver implements FilesystemDriver {
  readonly kind = "gcs";
  readonly capabilities: Capabilities;
  readonly #connection: GcsConnection;

  constructor(options: GcsOptions) {
    const settings = resolveOptions(options);
    this.capabilities = capabilitiesOf(settings);
    this.#connection = new GcsConnection(settings);
  }

  open({ signal }: Cancellable): Promise<void> {
    return reachBucket(this.#connection, signal);
  }

  stat(key: string, { signal }: Cancellable): Promise<FileInfo> {
    return statObject(this.#connection, key, signal);
  }

  list(options: ListPageOptions): Promise<ListPage> {
    return listObjects(this.#connection, options);
  }

  read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
    return readObject(this.#connection, key, options);
  }

  write(key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions): Promise<FileInfo> {
    return writeObject(this.#connection, key, content, options);
  }

  delete(key: string, { signal }: Cancellable): Promise<void> {
    return deleteObject(this.#connection, key, signal);
  }

  signUrl(key: string, options: SignUrlOptions): Promise<string> {
    return signUrl(this.#connection, key, options);
  }

  classify(error: unknown): Classification {
    return classify(error);
  }

  async close(): Promise<void> {
    this.#connection.close();
  }
}
