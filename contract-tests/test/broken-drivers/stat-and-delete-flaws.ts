import { Filesystem } from "@stowage/core";
import type { Cancellable, WriteObjectOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { brokenDriver, brokenFilesystem, type Flaw } from "./flaw.ts";

export const statFlaws: readonly Flaw[] = [
  brokenDriver(
    "stat takes the start of a key for the key",
    ["stat/missing-key"],
    class extends ReferenceDriver {
      override async stat(key: string, options: Cancellable) {
        const longer = [...this.place.objects.keys()].find((candidate) => candidate.startsWith(key));
        return { ...(await super.stat(longer ?? key, options)), key };
      }
    },
  ),
  brokenDriver(
    "stat finds keys without regard to spaces",
    ["delete/twins-stay"],
    class extends ReferenceDriver {
      override async stat(key: string, options: Cancellable) {
        const found = [...this.place.objects.keys()].find((candidate) => candidate.trim() === key.trim());
        return { ...(await super.stat(found ?? key, options)), key };
      }
    },
  ),
  brokenFilesystem(
    "whatever lies nowhere exists",
    ["stat/exists"],
    class extends Filesystem {
      override async exists(): Promise<boolean> {
        return true;
      }
    },
  ),
  storing("times go back", ["stat/describes-the-object"], (object, count) => ({
    ...object,
    modifiedAt: new Date(Date.now() - 1_000 * count),
  })),
  storing("all versions have one etag", ["stat/describes-the-object"], (object) => ({ ...object, etag: "etag" })),
  storing("seconds are taken for milliseconds", ["stat/is-recent"], (object) => ({
    ...object,
    modifiedAt: new Date(object.modifiedAt.getTime() / 1_000),
  })),
  brokenFilesystem(
    "any failure means absent",
    ["stat/exists-is-not-a-guess"],
    class extends Filesystem {
      override exists(key: string): Promise<boolean> {
        return this.stat(key).then(
          () => true,
          () => false,
        );
      }
    },
  ),
];

export const deleteFlaws: readonly Flaw[] = [
  deleting("an object is emptied rather than deleted", ["delete/removes"], async (driver, key) => {
    if (driver.place.objects.has(key)) driver.place.put(key, []);
  }),
  deleting("empty objects are not deleted", ["delete/removes"], async ({ place }, key) => {
    if (place.objects.get(key)?.bytes.length !== 0) place.objects.delete(key);
  }),
  deleting("delete of a missing key fails", ["delete/missing-key"], async (driver, key) => {
    if (!driver.place.objects.delete(key)) throw new Error("no such object");
  }),
  deleting("delete takes a key for a prefix", ["delete/neighbours-stay"], async (driver, key) => {
    for (const found of driver.place.objects.keys()) if (found.startsWith(key)) driver.place.objects.delete(found);
  }),
  deleting("delete fails if another one was quicker", ["delete/at-once"], async (driver, key) => {
    if (!driver.place.objects.has(key)) return;
    await nextTurn();
    if (!driver.place.objects.delete(key)) throw new Error("it was there a moment ago");
  }),
  deleting("a deleted object comes back", ["delete/is-over"], async (driver, key) => {
    const object = driver.place.objects.get(key);
    driver.place.objects.delete(key);
    if (object) setTimeout(() => driver.place.objects.set(key, object), 5);
  }),
  deleting("a delete works once more, later", ["delete/is-over"], async (driver, key) => {
    driver.place.objects.delete(key);
    setTimeout(() => driver.place.objects.delete(key), 5);
  }),
  deleting("a delete leaves a mark that is listed", ["delete/is-over", "delete/twins-stay"], async (driver, key) => {
    driver.place.objects.delete(key);
    driver.place.put(`${key}.deleted`, []);
  }),
  deleting("delete ignores case", ["delete/twins-stay"], async ({ place }, key) => {
    for (const found of place.objects.keys())
      if (found.toLowerCase() === key.toLowerCase()) place.objects.delete(found);
  }),
  deleting("delete takes what begins like the key", ["delete/twins-stay"], async ({ place }, key) => {
    for (const found of place.objects.keys()) if (found.startsWith(`${key}.`)) place.objects.delete(found);
    place.objects.delete(key);
  }),
  deleting("delete expands a star", ["delete/twins-stay"], async ({ place }, key) => {
    const start = key.endsWith("*") ? key.slice(0, -1) : undefined;
    for (const found of place.objects.keys()) {
      if (found === key || (start && found.startsWith(start))) place.objects.delete(found);
    }
  }),
  deleting("of a missing key delete takes the next one", ["delete/twins-stay"], async ({ place }, key) => {
    const next = [...place.objects.keys()].sort().find((found) => found >= key);
    if (next?.startsWith(key)) place.objects.delete(next);
  }),
  brokenDriver(
    "a delete uncovers the version before",
    ["delete/is-over"],
    class extends ReferenceDriver {
      readonly #versions = new Map<string, StoredObject>();
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const old = this.place.objects.get(key);
        if (old) this.#versions.set(key, old);
        return super.commit(key, parts, options);
      }
      override async delete(key: string): Promise<void> {
        const old = this.#versions.get(key);
        this.#versions.delete(key);
        if (old) this.place.objects.set(key, old);
        else this.place.objects.delete(key);
      }
    },
  ),
  brokenDriver(
    "an overwrite commits only over the object that it began with",
    ["delete/during-a-write"],
    class extends ReferenceDriver {
      override async write(...[key, content, options]: Parameters<ReferenceDriver["write"]>) {
        const old = this.place.objects.get(key);
        const info = await super.write(key, this.#watched(key, content, old), options);
        if (this.#lost.delete(key)) this.place.objects.delete(key);
        return info;
      }
      readonly #lost = new Set<string>();
      async *#watched(key: string, content: AsyncIterable<Uint8Array>, old: StoredObject | undefined) {
        yield* content;
        if (old && !this.place.objects.has(key)) this.#lost.add(key);
      }
    },
  ),
];

function storing(
  name: string,
  caughtBy: string[],
  change: (object: StoredObject, count: number) => StoredObject,
): Flaw {
  return brokenDriver(
    name,
    caughtBy,
    class extends ReferenceDriver {
      #count = 0;
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const object = change(super.commit(key, parts, options), ++this.#count);
        this.place.objects.set(key, object);
        return object;
      }
    },
  );
}

function deleting(
  name: string,
  caughtBy: string[],
  change: (driver: ReferenceDriver, key: string) => Promise<void>,
): Flaw {
  return brokenDriver(
    name,
    caughtBy,
    class extends ReferenceDriver {
      override delete(key: string): Promise<void> {
        return change(this, key);
      }
    },
  );
}
