import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { Crc32c } from "./crc32c.ts";

/** Bytes on their way into an object: a file that grows, with its checksums. Never wholly in memory. */
export class Spool {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #crc32c = new Crc32c();
  readonly #md5: Hash = createHash("md5");
  #size = 0;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<Spool> {
    return new Spool(path, await open(path, "wx"));
  }

  get size(): number {
    return this.#size;
  }

  get crc32c(): string {
    return this.#crc32c.toString();
  }

  get md5Hash(): string {
    return this.#md5.copy().digest("base64");
  }

  async append(bytes: Uint8Array): Promise<void> {
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, this.#size + written);
      written += bytesWritten;
    }
    this.#size += bytes.length;
    this.#crc32c.update(bytes);
    this.#md5.update(bytes);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
