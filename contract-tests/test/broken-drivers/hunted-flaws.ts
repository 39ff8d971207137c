import { type Classification, StowageError } from "@stowage/core";
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
