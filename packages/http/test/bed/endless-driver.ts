import type { FileInfo } from "@stowage/core";
import type { ReadRangeOptions } from "@stowage/core/driver";
import { MemoryDriver } from "@stowage/memory";

const CHUNK_SIZE = 64 * 1024;

/** A storage whose every object is zeros, larger than what any socket takes, and made as it is read. */
export class EndlessDriver extends MemoryDriver {
  readonly size = 64 * 1024 * 1024 * 1024;
  chunks = 0;
  openCount = 0;

  override async stat(key: string): Promise<FileInfo> {
    return { key, size: this.size, modifiedAt: new Date(0) };
  }

  override async read(key: string, options: ReadRangeOptions) {
    return { info: await this.stat(key), content: this.#zeros(options.signal) };
  }

  async *#zeros(signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    this.openCount++;
    try {
      while (!signal.aborted) {
        this.chunks++;
        yield Buffer.alloc(CHUNK_SIZE);
      }
    } finally {
      this.openCount--;
    }
  }
}
