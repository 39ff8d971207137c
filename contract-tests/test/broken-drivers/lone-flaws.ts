import { type FileInfo, StowageError } from "@stowage/core";
import type { ListPageOptions, WriteObjectOptions } from "@stowage/core/driver";
import { ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { changedDriver } from "./changed-driver.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

/** Flaws of which each shows in one case and in no other: what that case is there for. */
export const loneFlaws: readonly Flaw[] = [
  changedDriver("a range of the first byte is all of the object", ["read/range-first-byte"], (driver, place) => ({
    read: async (key, { range, ...options }) => {
      const isAll = range?.end === 1 && (place.objects.get(key)?.bytes.length ?? 0) > 1;
      return driver.read(key, range && !isAll ? { ...options, range } : options);
    },
  })),
  changedDriver("an end that is one too large is an error", ["read/range-behind-the-end"], (driver, place) => ({
    read: async (key, options) => {
      const { length } = place.objects.get(key)?.bytes ?? "";
      if (length > 0 && !options.memory && options.range?.end === length + 1) throw new Error("EOF");
      return driver.read(key, options);
    },
  })),
  changedDriver("a start far behind an object is refused", ["read/range-behind-the-object"], (driver) => ({
    read: async (key, options) => {
      if ((options.range?.start ?? 0) > 5e8) throw new StowageError("INVALID_ARGUMENT", "no such offset");
      return driver.read(key, options);
    },
  })),
  changedDriver("a range of an empty object is a failure", ["read/empty-object"], (driver, place) => ({
    read: async (key, options) => {
      if (options.range && place.objects.get(key)?.bytes.length === 0) throw new Error("416 of nothing");
      return driver.read(key, options);
    },
  })),
  brokenDriver(
    "a dot in a prefix stands for any character",
    ["open/prefixes-stay-apart"],
    class extends ReferenceDriver {
      override async list(options: ListPageOptions) {
        const { prefix } = options;
        const dot = prefix.lastIndexOf(".");
        if (dot <= 0 || dot !== prefix.length - 1) return super.list(options);
        const keys = [...this.place.objects.keys()].filter((key) => key.startsWith(prefix.slice(0, -1)));
        const files = keys.filter((key) => key.length >= prefix.length).map((key) => infoIn(this, key));
        return { files: (await Promise.all(files)).toSorted((left, right) => (left.key < right.key ? -1 : 1)) };
      }
    },
  ),
  losingLastPart("declared", "write/around-a-part-known-size", ({ size }) => size !== undefined),
  losingLastPart("not declared", "write/around-a-part-unknown-size", ({ size }) => size === undefined),
  brokenDriver(
    "a delete brings an older one of many versions back",
    ["concurrency/model"],
    class extends ReferenceDriver {
      override async delete(key: string): Promise<void> {
        const versions = versionsOf(this, key).splice(0);
        const older = versions.length >= 4 ? versions.at(-2) : undefined;
        this.place.objects.delete(key);
        if (older) this.place.objects.set(key, older);
      }
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const object = super.commit(key, parts, options);
        versionsOf(this, key).push(object);
        return object;
      }
    },
  ),
  brokenDriver(
    "the hundred and fiftieth overwrite of a handle is lost",
    ["concurrency/model-at-length"],
    class extends ReferenceDriver {
      #overwrites = 0;
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const old = this.place.objects.get(key);
        const object = super.commit(key, parts, options);
        if (old && ++this.#overwrites === 150) this.place.objects.set(key, old);
        return object;
      }
    },
  ),
];

const versions = new WeakMap<object, Map<string, StoredObject[]>>();

function versionsOf({ place }: ReferenceDriver, key: string): StoredObject[] {
  const all = versions.get(place) ?? new Map<string, StoredObject[]>();
  versions.set(place, all);
  const found = all.get(key) ?? [];
  all.set(key, found);
  return found;
}

function infoIn(driver: ReferenceDriver, key: string): Promise<FileInfo> {
  return driver.stat(key, { signal: new AbortController().signal });
}

function losingLastPart(how: string, id: string, isLost: (options: WriteObjectOptions) => boolean): Flaw {
  return brokenDriver(
    `the second of two full parts is lost if the size is ${how}`,
    [id],
    class extends ReferenceDriver {
      protected override async upload(
        key: string,
        content: AsyncIterable<Uint8Array>,
        options: WriteObjectOptions,
      ): Promise<Uint8Array[]> {
        const parts = await super.upload(key, content, options);
        const isFull = parts.length === 2 && parts[0]?.length === parts[1]?.length;
        return isFull && isLost(options) ? parts.slice(0, 1) : parts;
      }
    },
  );
}
