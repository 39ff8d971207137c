import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type FileInfo, StowageError } from "@stowage/core";
import type { WriteObjectOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { infoOf, REFERENCE_CAPABILITIES, ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { onFailedWrite } from "./failed-write.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

type Chunks = AsyncIterable<Uint8Array>;
type Parts = readonly Uint8Array[];

const PART_SIZE = REFERENCE_CAPABILITIES.limits.partSize ?? 0;
const ORDER = ["write/parts-in-order"];

/** Flaws that show in many parts, at the end of one, or while an object is committed. */
export const partFlaws: readonly Flaw[] = [
  joining("parts are joined by the text of their numbers", (parts) =>
    parts
      .map((part, index) => ({ part, name: String(index + 1) }))
      .sort((left, right) => (left.name < right.name ? -1 : 1))
      .map(({ part }) => part),
  ),
  joining("the part behind the tenth is the tenth again", (parts) =>
    parts.map((part, index) => (index === 10 ? (parts[9] ?? part) : part)),
  ),
  joining("two parts behind the eighth are swapped", (parts) => {
    const [eighth, ninth] = [parts[7], parts[8]];
    return eighth && ninth && parts.length > 10 ? [...parts.slice(0, 7), ninth, eighth, ...parts.slice(9)] : parts;
  }),
  brokenDriver(
    "the whole source is read first",
    ["write/stores-while-it-reads"],
    class extends ReferenceDriver {
      readonly directory = join(tmpdir(), "where-nothing-is");
      protected override async upload(_: string, content: Chunks): Promise<Uint8Array[]> {
        const all: Uint8Array[] = [];
        for await (const chunk of content) all.push(chunk);
        return all;
      }
    },
  ),
  onFailedWrite(
    "full parts are committed when the content throws",
    ["write-fails/source-at-a-part-boundary", "write-fails/aborted-at-a-part-boundary"],
    (driver, key, { parts }) => {
      const size = parts.reduce((sum, { length }) => sum + length, 0);
      if (size > 0 && size % PART_SIZE === 0) driver.place.put(key, parts);
    },
  ),
  onFailedWrite(
    "an error that is nobody's counts as the end",
    ["write-fails/source-instead-of-the-end"],
    (driver, key, { parts, error }) => {
      if (!(error instanceof StowageError)) driver.place.put(key, parts);
    },
  ),
  onFailedWrite(
    "what came before a failure appears 300 ms later",
    ["write-fails/nothing-appears-later"],
    (driver, key, { parts }) => void delay(300).then(() => driver.place.put(key, parts)),
  ),
  onFailedWrite(
    "a write that fails otherwise than by an abort keeps its upload",
    ["write-fails/leaves-nothing-behind", "create/lost-leaves-nothing-behind"],
    (driver, key, { error }) => {
      if (!(error instanceof StowageError && error.code === "ABORTED")) driver.place.uploads.set(key, []);
    },
  ),
  brokenDriver(
    "an abort leaves the upload that is being begun",
    ["write-fails/aborted-upload-leaves-nothing"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        return super.write(key, this.#begun(content, options.signal), options);
      }
      /** The storage begins an upload with the first part that is full, and is told of an abort only once it has answered. */
      async *#begun(content: Chunks, signal: AbortSignal): AsyncGenerator<Uint8Array> {
        const id = crypto.randomUUID();
        let size = 0;
        for await (const chunk of content) {
          const begins = size < PART_SIZE && size + chunk.length >= PART_SIZE;
          size += chunk.length;
          if (begins) {
            this.place.uploads.set(id, []);
            for (let turn = 0; turn < 4; turn++) await nextTurn();
            signal.throwIfAborted();
            this.place.uploads.delete(id);
          }
          yield chunk;
        }
      }
    },
  ),
  whileUploading(
    "a full part is seen before the content ends",
    ["write/invisible-until-the-end"],
    async (chunks, see) => {
      const all: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of chunks) {
        all.push(chunk);
        size += chunk.length;
        if (size % PART_SIZE === 0) see(all);
        await nextTurn();
      }
      return all;
    },
  ),
  committing(
    "a new object grows in sight while it is committed",
    ["write/appears-at-once", "write/invisible-until-committed"],
    async (driver, key, parts) => {
      const isNew = !driver.place.objects.has(key);
      for (let count = 1; isNew && count < parts.length; count += 10) {
        driver.place.put(key, parts.slice(0, count));
        await nextTurn();
      }
    },
  ),
  committing(
    "what is small and of known size is written over the old object",
    ["write/appears-at-once"],
    async (driver, key, _, { size, contentType }) => {
      if (size === undefined || size > 64 * 1024 || !driver.place.objects.has(key)) return;
      driver.place.put(key, [], contentType);
      await nextTurn();
      await nextTurn();
    },
  ),
  committing(
    "what is created grows in sight",
    ["write/appears-at-once"],
    async (driver, key, parts, { ifNotExists, contentType }) => {
      if (!ifNotExists || driver.place.objects.has(key)) return;
      driver.place.put(key, parts.slice(0, 1), contentType);
      await nextTurn();
      await nextTurn();
      driver.place.objects.delete(key);
    },
  ),
  committing(
    "the old object is deleted when the new one is ready",
    ["write/appears-at-once", "write/old-object-until-committed"],
    async (driver, key) => {
      driver.place.objects.delete(key);
      await nextTurn();
      await nextTurn();
    },
  ),
  committing(
    "an object is listed under another name while it is committed",
    ["write/appears-at-once", "write/no-temporary-name-is-listed"],
    async (driver, key, parts) => {
      driver.place.put(`${key}.new`, parts);
      await nextTurn();
      await nextTurn();
      driver.place.objects.delete(`${key}.new`);
    },
  ),
];

function joining(name: string, join: (parts: Parts) => Parts): Flaw {
  return brokenDriver(
    name,
    ORDER,
    class extends ReferenceDriver {
      protected override commit(key: string, parts: Parts, options: WriteObjectOptions): StoredObject {
        return super.commit(key, join(parts), options);
      }
    },
  );
}

/** A driver that does something between the end of the content and the commit. */
function committing(
  name: string,
  caughtBy: readonly string[],
  before: (driver: ReferenceDriver, key: string, parts: Parts, options: WriteObjectOptions) => Promise<void>,
): Flaw {
  return brokenDriver(
    name,
    caughtBy,
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const parts = await this.upload(key, content, options);
        await before(this, key, parts, options);
        this.place.uploads.delete(key);
        return infoOf(key, this.commit(key, parts, options));
      }
    },
  );
}

/** A driver that takes the chunks in another way. `see` shows some of them under the key. */
function whileUploading(
  name: string,
  caughtBy: readonly string[],
  take: (content: Chunks, see: (parts: Parts) => void) => Promise<Parts>,
): Flaw {
  return brokenDriver(
    name,
    caughtBy,
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const parts = await take(content, (some) => void this.place.put(key, some));
        return infoOf(key, this.commit(key, parts, options));
      }
    },
  );
}
