import { setTimeout as delay } from "node:timers/promises";
import type { FileInfo } from "@stowage/core";
import type { WriteObjectOptions } from "@stowage/core/driver";
import { ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

type Chunks = AsyncIterable<Uint8Array>;

/** Flaws in what a write tells, keeps and does with its source. */
export const writtenFlaws: readonly Flaw[] = [
  brokenDriver(
    "an upper bound is taken for the size",
    ["write/size-bound-is-no-size"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const { size, sizeBound } = options;
        const padding = Buffer.alloc(
          size === undefined && sizeBound !== undefined && sizeBound < 5_000 ? sizeBound : 0,
        );
        const stored = Buffer.concat(parts);
        return super.commit(key, [stored, padding.subarray(stored.length)], options);
      }
    },
  ),
  brokenDriver(
    "a create-only write that loses replaces the object 300 ms later",
    ["write-fails/nothing-appears-later"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const isTaken = options.ifNotExists && this.place.objects.has(key);
        if (isTaken) void delay(300).then(() => this.place.put(key, parts));
        return super.commit(key, parts, options);
      }
    },
  ),
  brokenDriver(
    "write tells no version",
    ["write/returns-all-that-stat-returns"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const { etag: _, ...info } = await super.write(key, content, options);
        return info;
      }
    },
  ),
  brokenDriver(
    "an object in parts has no content type",
    ["write/content-type-goes-with-its-object"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        return super.commit(key, parts, parts.length > 1 ? { ...options, contentType: undefined } : options);
      }
    },
  ),
  brokenDriver(
    "a content type stays until another is given",
    ["write/content-type-goes-with-its-object"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const contentType = options.contentType ?? this.place.objects.get(key)?.contentType;
        return super.commit(key, parts, { ...options, contentType });
      }
    },
  ),
  brokenDriver(
    "chunks are changed where they lie",
    ["write/leaves-its-source-as-it-is"],
    class extends ReferenceDriver {
      override write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        async function* zeroed() {
          for await (const chunk of content) {
            yield Buffer.from(chunk);
            chunk.fill(0);
          }
        }
        return super.write(key, zeroed(), options);
      }
    },
  ),
  brokenDriver(
    "a write that is stopped at its end appears 300 ms later",
    ["write-fails/stopped-at-the-commit"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const parts = await this.upload(key, content, options);
        if (options.signal.aborted) void delay(300).then(() => this.place.put(key, parts));
        async function* again() {
          yield* parts;
        }
        return super.write(key, again(), options);
      }
    },
  ),
];
