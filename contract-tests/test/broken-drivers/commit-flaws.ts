import { randomUUID } from "node:crypto";
import type { FileInfo } from "@stowage/core";
import type { WriteObjectOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { infoOf, ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

type Chunks = AsyncIterable<Uint8Array>;

export const commitFlaws: readonly Flaw[] = [
  committing("an overwrite keeps the tail of longer content", ["write/overwrite-shorter"], (bytes, old) =>
    Buffer.concat([bytes, old.subarray(bytes.length)]),
  ),
  committing("an overwrite is cut to the old size", ["write/overwrite-longer"], (bytes, old) =>
    old.length > 0 ? bytes.subarray(0, old.length) : bytes,
  ),
  committing("an overwrite of the same size is left out", ["write/overwrite-equally-long"], (bytes, old) =>
    bytes.length === old.length ? old : bytes,
  ),
  brokenDriver(
    "the last part is lost if it is full",
    ["write/around-a-part-known-size", "write/around-a-part-unknown-size"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const isFull = parts.length > 1 && parts.at(-1)?.length === parts[0]?.length;
        return super.commit(key, isFull ? parts.slice(0, -1) : parts, options);
      }
    },
  ),
  brokenDriver(
    "write returns another time than stat",
    ["write/returns-what-stat-returns"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        return { ...(await super.write(key, content, options)), modifiedAt: new Date(0) };
      }
    },
  ),
  brokenDriver(
    "a key is taken before its content has come",
    [
      "write/invisible-until-committed",
      "write-fails/leaves-no-residue",
      "write-fails/aborted-at-once",
      "create/again-after-failure",
    ],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        if (!this.place.objects.has(key)) {
          this.place.put(key, []);
          this.place.uploads.set(`${key}.reserved`, []);
        }
        return super.write(key, content, { ...options, ifNotExists: false });
      }
    },
  ),
  brokenDriver(
    "each part is seen as soon as it is sent",
    ["write/invisible-until-committed-in-parts", "write/readers-see-one-version", "life/close-during-a-write"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const parts: Uint8Array[] = [];
        for await (const chunk of content) {
          parts.push(chunk);
          this.place.put(key, parts);
          await nextTurn();
        }
        return infoOf(key, this.place.put(key, parts, options.contentType));
      }
    },
  ),
  brokenDriver(
    "the old object is deleted before the new one comes",
    ["write/old-object-until-committed", "write/readers-see-one-version"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        this.place.objects.delete(key);
        await nextTurn();
        return super.write(key, content, options);
      }
    },
  ),
  brokenDriver(
    "content is collected under a name that is listed",
    ["write/no-temporary-name-is-listed"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const temporary = `${randomUUID()}.partial`;
        this.place.put(temporary, []);
        try {
          return await super.write(key, content, options);
        } finally {
          this.place.objects.delete(temporary);
        }
      }
    },
  ),
  brokenDriver(
    "a handle remembers what it saw",
    ["write/seen-at-once", "delete/removes"],
    class extends ReferenceDriver {
      readonly #seen = new Map<string, StoredObject>();
      protected override find(key: string): StoredObject {
        const object = this.#seen.get(key) ?? super.find(key);
        this.#seen.set(key, object);
        return object;
      }
    },
  ),
  brokenDriver(
    "an object is kept in memory while it is sent",
    ["write/large-object-in-bounded-memory"],
    ReferenceDriver,
  ),
  brokenDriver(
    "parts do not grow",
    ["write/many-parts"],
    class extends ReferenceDriver {
      protected override partSizeAt(): number {
        return super.partSizeAt(0);
      }
    },
  ),
];

function committing(name: string, caughtBy: string[], change: (bytes: Buffer, old: Uint8Array) => Uint8Array): Flaw {
  return brokenDriver(
    name,
    caughtBy,
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const old = this.place.objects.get(key)?.bytes ?? Buffer.alloc(0);
        const stored = super.commit(key, [change(Buffer.concat(parts), old)], options);
        return { ...stored, bytes: Buffer.concat(parts) };
      }
    },
  );
}
