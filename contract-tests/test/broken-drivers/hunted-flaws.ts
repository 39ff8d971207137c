import { gunzipSync } from "node:zlib";
import { type FileInfo, StowageError } from "@stowage/core";
import type { Classification } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import { changedDriver } from "./changed-driver.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

const PART_SIZE = 4 * 1024;

type Chunks = AsyncIterable<Uint8Array>;

/** Flaws by which drivers of somebody who knew the promises, and not the suite, had got through it. */
export const huntedFlaws: readonly Flaw[] = [
  changedDriver("a taken key is worth a retry", ["create/taken-key"], (driver) => ({
    write: (key, content, options) =>
      driver.write(key, content, options).catch((error: unknown) => {
        const isTaken = error instanceof StowageError && error.code === "ALREADY_EXISTS";
        throw isTaken ? new StowageError("ALREADY_EXISTS", "the key is taken", { retryable: true }) : error;
      }),
  })),
  brokenDriver(
    "what is worth a retry is so three times",
    ["errors/unknown-errors-are-not-absence"],
    class extends ReferenceDriver {
      #count = 0;
      override classify(error: unknown): Classification {
        const { code } = (error ?? {}) as { code?: unknown };
        if (code !== "ENOTFOUND" && code !== "EAI_AGAIN") return super.classify(error);
        return { code: "UNAVAILABLE", retryable: this.#count++ < 3 };
      }
    },
  ),
  changedDriver("a list knows one content type", ["list/describes-objects"], (driver) => ({
    list: async (options) => {
      const { files, ...page } = await driver.list(options);
      return { ...page, files: files.map((file) => ({ ...file, contentType: "application/octet-stream" })) };
    },
  })),
  changedDriver(
    "a handle keeps the content type that it wrote",
    ["write/content-type-goes-with-its-object"],
    (driver) => {
      const kept = new Map<string, string | undefined>();
      return {
        write: async (key, content, options) => {
          const info = await driver.write(key, content, options);
          kept.set(key, info.contentType);
          return info;
        },
        stat: async (key, options) => {
          const info = await driver.stat(key, options);
          const contentType = kept.get(key);
          return contentType === undefined ? info : { ...info, contentType };
        },
      };
    },
  ),
  changedDriver("a write that failed is tried again with what is left of its content", ["errors/outage"], (driver) => ({
    write: (key, content, options) =>
      driver.write(key, content, options).catch((error: unknown) => {
        if (error instanceof StowageError) throw error;
        return driver.write(key, content, options);
      }),
  })),
  changedDriver("content that is said to be JSON is written anew", ["write/bytes-as-they-are"], (driver) => ({
    write: async (key, content, options) => {
      if (options.contentType !== "application/json") return driver.write(key, content, options);
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const { size: _, ...others } = options;
      return driver.write(key, once(reserialised(Buffer.concat(chunks))), others);
    },
  })),
  changedDriver("content that is said to be packed is unpacked", ["write/bytes-as-they-are"], (driver) => ({
    read: async (key, options) => {
      const { info, content } = await driver.read(key, options);
      if (info.contentType !== "application/gzip") return { info, content };
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      const bytes = gunzipSync(Buffer.concat(chunks));
      return { info: { ...info, size: bytes.length }, content: once(bytes) };
    },
  })),
  changedDriver("an extension has its content type", ["write/content-type-goes-with-its-object"], (driver) => ({
    write: (key, content, options) =>
      driver.write(key, content, key.endsWith(".zip") ? { ...options, contentType: "application/zip" } : options),
  })),
  changedDriver("an etag is used again for the version after the next", ["stat/describes-the-object"], (driver) => {
    const known: (string | undefined)[] = [];
    const again = (info: FileInfo): FileInfo => {
      if (!known.includes(info.etag)) known.push(info.etag);
      return { ...info, etag: `${known.indexOf(info.etag) % 3}` };
    };
    return {
      write: async (...values) => again(await driver.write(...values)),
      stat: async (...values) => again(await driver.stat(...values)),
    };
  }),
  changedDriver(
    "a path that leads through a file leads nowhere",
    ["errors/unknown-errors-are-not-absence"],
    (driver) => ({
      classify: (error) => {
        const { code } = (error ?? {}) as { code?: unknown };
        return code === "ENOTDIR" ? { code: "NOT_FOUND", retryable: false } : driver.classify(error);
      },
    }),
  ),
  changedDriver("a create-only write with a content type replaces", ["create/taken-key"], (driver) => ({
    write: (key, content, options) =>
      driver.write(key, content, options.contentType ? { ...options, ifNotExists: false } : options),
  })),
  changedDriver("a buffer is used again once its content has ended", ["read/many-at-once"], (driver) => {
    const free: Buffer[] = [];
    return {
      read: async (key, options) => {
        const { info, content } = await driver.read(key, options);
        async function* copied() {
          const buffer = free.pop() ?? Buffer.alloc(1_000);
          for await (const chunk of content) {
            const isSmall = !options.memory && chunk.length <= buffer.length;
            if (isSmall) buffer.set(chunk);
            yield isSmall ? buffer.subarray(0, chunk.length) : chunk;
          }
          free.push(buffer);
        }
        return { info, content: copied() };
      },
    };
  }),
  changedDriver(
    "what is deleted while it is listed has no bytes",
    ["list/names-that-look-temporary"],
    (driver, place) => ({
      list: async (options) => {
        const { files, ...page } = await driver.list(options);
        for (let turn = 0; turn < 3; turn++) await nextTurn();
        return { ...page, files: files.map((file) => (place.objects.has(file.key) ? file : { ...file, size: 0 })) };
      },
    }),
  ),
  changedDriver("an offset has 32 bits", ["read/range-behind-the-object"], (driver) => ({
    read: (key, { range, ...options }) => {
      if (!range) return driver.read(key, options);
      return driver.read(key, { ...options, range: { ...range, start: range.start >>> 0 } });
    },
  })),
  changedDriver("memory that was read into is written to later", ["read/into-memory"], (driver) => ({
    read: async (key, options) => {
      const { memory } = options;
      if (memory) setTimeout(() => memory.fill(0), 3).unref();
      return driver.read(key, options);
    },
  })),
  changedDriver("the older upload of a key is given up", ["write/of-one-key-at-once"], (driver) => {
    const youngest = new Map<string, symbol>();
    async function* uploaded(key: string, content: Chunks) {
      const own = Symbol(key);
      let size = 0;
      for await (const chunk of content) {
        if (size <= PART_SIZE && size + chunk.length > PART_SIZE) youngest.set(key, own);
        size += chunk.length;
        yield chunk;
      }
      if (size > PART_SIZE && youngest.get(key) !== own) throw new Error("no such upload");
    }
    return { write: (key, content, options) => driver.write(key, uploaded(key, content), options) };
  }),
];

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}

function reserialised(bytes: Buffer): Uint8Array {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(bytes.toString())));
  } catch {
    return bytes;
  }
}
