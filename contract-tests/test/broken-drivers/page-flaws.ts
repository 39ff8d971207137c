import type { FileInfo } from "@stowage/core";
import { type Cancellable, compareKeys, type ListPage, type ListPageOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

const OBJECTS = ["list/nothing-but-objects"];

/** Flaws of single pages, some of which no list of a `Filesystem` shows. */
export const pageFlaws: readonly Flaw[] = [
  brokenDriver(
    "uploads under way are listed behind a dot",
    OBJECTS,
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const uploads = [...this.place.uploads.keys()].map((id) => `.stowage-tmp-${id}`);
        const keys = options.cursor === undefined ? uploads.filter((key) => key.startsWith(options.prefix)) : [];
        const page = await super.list(options);
        return { ...page, files: [...keys.map((key) => ({ key, size: 0, modifiedAt: new Date() })), ...page.files] };
      }
    },
  ),
  brokenDriver(
    "a page that holds an upload under way is the last",
    OBJECTS,
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = await super.list(options);
        return this.place.uploads.size > 0 && options.cursor === undefined ? { files: page.files } : page;
      }
    },
  ),
  brokenDriver(
    "opening sweeps what looks temporary",
    ["list/names-that-look-temporary", "keys/whole-names"],
    class extends ReferenceDriver {
      override async open(): Promise<void> {
        for (const key of this.place.objects.keys()) if (/tmp$/.test(key)) this.place.objects.delete(key);
      }
    },
  ),
  brokenDriver(
    "what is deleted is moved behind a dot",
    [...OBJECTS, "keys/whole-names"],
    class extends ReferenceDriver {
      override async delete(key: string): Promise<void> {
        const object = this.place.objects.get(key);
        this.place.objects.delete(key);
        if (object) this.place.objects.set(`.trash-${key}`, object);
      }
    },
  ),
  brokenDriver(
    "a cursor is the first key of the next page",
    ["list/cursor-again"],
    class extends ReferenceDriver {
      override async list({ prefix, limit, cursor, signal }: ListPageOptions): Promise<ListPage> {
        const page = await super.list({ prefix, limit: 10_000, signal });
        const rest = page.files.filter(({ key }) => cursor === undefined || compareKeys(key, cursor) >= 0);
        return { files: rest.slice(0, limit), cursor: rest[limit]?.key };
      }
    },
  ),
  decodingCursors("a cursor is cut off at a hash", (cursor) => cursor.replace(/#.*/, "")),
  decodingCursors("a cursor is cut off at an ampersand", (cursor) => cursor.replace(/&.*/, "")),
  decodingCursors("a plus in a cursor is a space", (cursor) => cursor.replaceAll("+", " ")),
  decodingCursors("a cursor is decoded once too often", decodeURIComponent),
  brokenDriver(
    "numbers in keys are sorted as numbers",
    ["list/byte-order"],
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = await super.list(options);
        return { ...page, files: page.files.toSorted((left, right) => compareNumbers(left.key, right.key)) };
      }
    },
  ),
  brokenDriver(
    "a list fails if an object vanishes meanwhile",
    ["list/names-that-look-temporary"],
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = await super.list(options);
        const files: FileInfo[] = [];
        await nextTurn();
        for (const { key } of page.files) files.push(await this.stat(key, options));
        return { ...page, files };
      }
    },
  ),
  brokenDriver(
    "a cursor has room for 100 characters",
    ["list/cursor-again"],
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = await super.list(options);
        return { ...page, cursor: page.cursor?.slice(0, 100) };
      }
    },
  ),
  brokenDriver(
    "an object is deleted with what describes it elsewhere",
    ["list/names-that-look-temporary"],
    class extends ReferenceDriver {
      override async delete(key: string, options: Cancellable): Promise<void> {
        await super.delete(key, options);
        this.place.objects.delete(`${key}.json`);
      }
    },
  ),
];

function decodingCursors(name: string, decode: (cursor: string) => string): Flaw {
  return brokenDriver(
    name,
    ["list/special-prefix"],
    class extends ReferenceDriver {
      override list(options: ListPageOptions): Promise<ListPage> {
        const { cursor } = options;
        return super.list(cursor === undefined ? options : { ...options, cursor: decode(cursor) });
      }
    },
  );
}

/** Compares the numbers of keys that are equal but for one at their end; all others by their bytes. */
function compareNumbers(left: string, right: string): number {
  const [one, other] = [left, right].map((key) => /^(.*?)(\d+)$/.exec(key));
  if (!one || !other || one[1] !== other[1]) return compareKeys(left, right);
  return Number(one[2]) - Number(other[2]);
}
