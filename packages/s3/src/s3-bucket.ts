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
import { listObjects, reachBucket } from "./list/list-objects.ts";
import { readObject } from "./read/read-object.ts";
import { statObject } from "./read/stat-object.ts";
import { S3Connection } from "./s3-connection.ts";
import type { S3Settings } from "./s3-options.ts";
import { signUrl } from "./sign-url.ts";
import { assertObjectLock } from "./write/assert-object-lock.ts";
import { sweepUploads } from "./write/sweep-uploads.ts";
import { writeObject } from "./write/write-object.ts";

/** What a driver does with its bucket. All that needs the SDK hangs on this file, so that it is loaded at first use. */
export class S3Bucket implements LoadedDriver {
  readonly #connection: S3Connection;

  constructor(settings: S3Settings) {
    this.#connection = new S3Connection(settings);
  }

  async open({ signal }: Cancellable): Promise<void> {
    await reachBucket(this.#connection, signal);
    if (this.#connection.settings.objectLock) await assertObjectLock(this.#connection, signal);
    await sweepUploads(this.#connection, signal);
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
    this.#connection.client.destroy();
  }
}
