import type {
  Cancellable,
  FileInfo,
  ListPage,
  ListPageOptions,
  LoadedDriver,
  ReadRangeOptions,
  SignUrlOptions,
  WriteObjectOptions,
} from "@stowage/core/driver";
import { deleteObject } from "./delete-object.ts";
import { GcsConnection } from "./gcs-connection.ts";
import type { GcsSettings } from "./gcs-options.ts";
import { listObjects, reachBucket } from "./list/list-objects.ts";
import { readObject } from "./read/read-object.ts";
import { statObject } from "./read/stat-object.ts";
import { signUrl } from "./sign-url.ts";
import { writeObject } from "./write/write-object.ts";

/** What a driver does with its bucket. All that needs the SDK hangs on this file, so that it is loaded at first use. */
export class GcsBucket implements LoadedDriver {
  readonly #connection: GcsConnection;

  constructor(settings: GcsSettings) {
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

  close(): void {
    this.#connection.close();
  }
}
