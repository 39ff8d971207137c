import { once } from "node:events";
import type { FilesystemDriver } from "@stowage/core";
import type { WriteObjectOptions } from "@stowage/core/driver";

/** Bytes. */
const SLICE_SIZE = 10_000;

/** A driver whose writes stop in the middle, once it is told to, until they are aborted. */
export interface StallingDriver {
  readonly driver: FilesystemDriver;
  /** From now on writes pass on so many bytes at most. Resolves when one has. */
  stallAfter(size: number): Promise<void>;
}

/** Stalls the writes of backups behind a driver; locks pass. */
export function stalling(driver: FilesystemDriver): StallingDriver {
  let limit = Number.POSITIVE_INFINITY;
  let tell = () => {};
  async function* held(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of inSlices(content)) {
      if (size >= limit && !signal.aborted) {
        tell();
        await once(signal, "abort");
      }
      yield chunk;
      size += chunk.length;
    }
  }
  const write = (key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions) => {
    const isBackup = !key.startsWith(".");
    return driver.write(key, isBackup ? held(content, options.signal) : content, options);
  };
  return {
    driver: new Proxy(driver, {
      get: (target, name) => {
        if (name === "write") return write;
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      },
    }),
    stallAfter: (size) => {
      limit = size;
      return new Promise((resolve) => {
        tell = resolve;
      });
    },
  };
}

async function* inSlices(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    for (let offset = 0; offset < chunk.length; offset += SLICE_SIZE) yield chunk.subarray(offset, offset + SLICE_SIZE);
  }
}
