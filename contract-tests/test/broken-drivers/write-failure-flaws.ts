import { setTimeout as delay } from "node:timers/promises";
import type { FileInfo } from "@stowage/core";
import type { WriteObjectOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { infoOf, ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { onFailedWrite } from "./failed-write.ts";
import { brokenDriver, brokenPlace, type Flaw } from "./flaw.ts";

type Chunks = AsyncIterable<Uint8Array>;

const SOURCE = ["before-any-chunk", "below-one-part", "above-one-part", "after-the-last-byte"];
const FREE = SOURCE.map((position) => `write-fails/source-${position}-free-key`);
const TAKEN = SOURCE.map((position) => `write-fails/source-${position}-taken-key`);
const ABORTED = ["aborted-at-once", "aborted-below-one-part", "aborted-above-one-part"].map(
  (id) => `write-fails/${id}`,
);

export const writeFailureFlaws: readonly Flaw[] = [
  onFailure(
    "what came before a failure is committed",
    [...FREE, ...TAKEN, ...ABORTED, "life/close-during-a-write"],
    (driver, key, parts) => {
      driver.place.put(key, parts);
    },
  ),
  onFailure(
    "what came before a failure is committed a little later",
    [...FREE, ...TAKEN, ...ABORTED],
    (driver, key, parts) => {
      void delay(1).then(() => driver.place.put(key, parts));
    },
  ),
  onFailure("a failed write deletes the old object", TAKEN, (driver, key) => {
    driver.place.objects.delete(key);
  }),
  onFailure("a failed write sets the time of the old object", TAKEN, (driver, key) => {
    const object = driver.place.objects.get(key);
    if (object) driver.place.objects.set(key, { ...object, modifiedAt: new Date(0) });
  }),
  onFailure("uploads of failed writes stay open", ["write-fails/leaves-no-residue"], (driver, key, parts) => {
    driver.place.uploads.set(key, [...parts]);
  }),
  onFailure("a failed write leaves a placeholder", ["create/again-after-failure"], (driver, key) => {
    driver.place.put(key, []);
  }),
  brokenDriver(
    "an abort at the commit stores half of the content",
    ["write-fails/abort-at-the-commit"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const parts = await this.upload(key, content, options);
        const object = this.place.put(key, options.signal.aborted ? parts.slice(0, 1) : parts);
        options.signal.throwIfAborted();
        return infoOf(key, object);
      }
    },
  ),
  brokenDriver(
    "an abort at the commit stores the content later",
    ["write-fails/abort-at-the-commit"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const parts = await this.upload(key, content, options);
        if (options.signal.aborted) void delay(1).then(() => this.place.put(key, parts));
        options.signal.throwIfAborted();
        return infoOf(key, this.place.put(key, parts));
      }
    },
  ),
  brokenPlace("a killed writer leaves half an object", ["write-fails/killed-writer"], {
    changes: (_, place) => ({ killWriter: async (key) => void place.put(key, [Buffer.from("half")]) }),
  }),
];

export const createFlaws: readonly Flaw[] = [
  brokenDriver(
    "create-only writes always fail",
    ["create/free-key", "create/again-after-delete"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        if (options.ifNotExists) this.place.put(key, []);
        return super.commit(key, parts, options);
      }
    },
  ),
  brokenDriver(
    "a condition is ignored",
    ["create/taken-key", "create/race", "create/overtaken"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[]): StoredObject {
        return this.place.put(key, parts);
      }
    },
  ),
  brokenDriver(
    "a condition is ignored in parts",
    ["create/taken-key-in-parts", "create/race-in-parts", "create/overtaken-in-parts"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        return super.commit(key, parts, { ...options, ifNotExists: options.ifNotExists && sizeOf(parts) <= 4_096 });
      }
    },
  ),
  brokenDriver(
    "a condition that is false counts as one",
    ["create/plain-write-still-replaces"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        return super.commit(key, parts, { ...options, ifNotExists: options.ifNotExists !== undefined });
      }
    },
  ),
  brokenDriver(
    "the condition is looked at before the upload, not with the commit",
    ["create/race", "create/race-in-parts", "create/overtaken", "create/overtaken-in-parts"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        if (options.ifNotExists && this.place.objects.has(key)) this.find("");
        return super.write(key, content, { ...options, ifNotExists: false });
      }
    },
  ),
  brokenDriver(
    "a key that was created once is taken for ever",
    ["create/again-after-delete"],
    class extends ReferenceDriver {
      readonly #created = new Set<string>();
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        if (options.ifNotExists && this.#created.has(key)) this.place.put(key, []);
        this.#created.add(key);
        return super.commit(key, parts, options);
      }
    },
  ),
];

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((size, part) => size + part.length, 0);
}

/** A driver that does something a turn after a write failed. */
function onFailure(
  name: string,
  caughtBy: string[],
  action: (driver: ReferenceDriver, key: string, parts: readonly Uint8Array[]) => void,
): Flaw {
  return onFailedWrite(name, caughtBy, async (driver, key, { parts }) => {
    await nextTurn();
    action(driver, key, parts);
  });
}
