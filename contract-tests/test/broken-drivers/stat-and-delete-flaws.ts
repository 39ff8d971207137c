import { type Cancellable, Filesystem, type WriteObjectOptions } from "@stowage/core";
import { nextTurn } from "../../src/content.ts";
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
