import type { FileInfo } from "@stowage/core";
import { type Cancellable, compareKeys, type ListPage, type ListPageOptions } from "@stowage/core/driver";
import { infoOf, REFERENCE_CAPABILITIES, ReferenceDriver } from "../reference-driver.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

const LOOKALIKES = ["list/names-that-look-temporary"];
const CURSOR = ["list/cursor-outlives-its-key"];

export const listNeighbourFlaws: readonly Flaw[] = [
  hiding("keys in .tmp are hidden", /\.tmp$/),
  hiding("keys that end as its temporary files do are hidden", /\.[0-9a-f]{8}\.tmp$/),
  hiding("keys in .part are hidden", /\.part$/),
  hiding("keys with a tilde at the end are hidden", /~$/),
  hiding("keys that start with a tilde are hidden", /^~/),
  hiding("keys that start with tmp are hidden", /^tmp-/),
  hiding("keys in .lock are hidden", /\.lock$/),
  hiding("keys in .json are taken for descriptions", /\.json$/),
  hiding("keys in .attrs are hidden", /\.attrs$/),
  hiding("keys with an identifier at the end are taken for uploads", /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
  hiding("keys with a space at the end are hidden", / $/),
  hiding("keys with a percent sign are hidden", /%/),
  hiding("keys without an extension are hidden", /^[^.]*$/),
  brokenDriver(
    "of keys that differ in case one is listed",
    LOOKALIKES,
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = await super.list(options);
        return { ...page, files: [...new Map(page.files.map((file) => [file.key.toLowerCase(), file])).values()] };
      }
    },
  ),
  listing("the prefix is forgotten from the second page on", ["list/foreign-neighbours", ...CURSOR], {
    matches: ({ prefix, cursor }) => (cursor === undefined ? prefix : ""),
  }),
  listing("the prefix is forgotten if the cursor's key is gone", CURSOR, {
    matches: ({ prefix, cursor }, keys) => (cursor === undefined || keys.includes(cursor) ? prefix : ""),
  }),
  listing("a page of a prefix starts at the first of all keys", ["list/foreign-neighbours"], {
    matches: ({ prefix, limit }) => (limit === 1 ? prefix.slice(0, -1) : prefix),
  }),
  listing("a list starts again if the cursor's key is gone", CURSOR, {
    isBehind: (key, cursor, keys) => !keys.includes(cursor) || compareKeys(key, cursor) > 0,
  }),
  listing("a list ends if the cursor's key is gone", CURSOR, {
    isBehind: (key, cursor, keys) => keys.includes(cursor) && compareKeys(key, cursor) > 0,
  }),
  listing("a page leaves out the key behind the cursor if the cursor's key is gone", CURSOR, {
    isBehind: (key, cursor, keys) => {
      const behind = keys.filter((candidate) => compareKeys(candidate, cursor) > 0);
      return behind.includes(key) && (keys.includes(cursor) || key !== behind[0]);
    },
  }),
  listing("prefixes are normalized", ["list/foreign-neighbours"], { normalize: (text) => text.normalize("NFC") }),
  listingFolders("folders are listed", (folder) => folder),
  listingFolders("what lies in folders is listed", (folder) => `${folder}/a`),
  brokenDriver(
    "pages hold more than was asked for",
    ["list/limit"],
    class extends ReferenceDriver {
      override list(options: ListPageOptions): Promise<ListPage> {
        return super.list({ ...options, limit: Math.max(3, options.limit) });
      }
    },
  ),
  brokenDriver(
    "the limit is ignored",
    ["list/limit"],
    class extends ReferenceDriver {
      override list(options: ListPageOptions): Promise<ListPage> {
        return super.list({ ...options, limit: 1_000_000 });
      }
    },
  ),
  brokenDriver(
    "a cursor works once",
    ["list/cursor-again"],
    class extends ReferenceDriver {
      readonly #used = new Set<string>();
      override list(options: ListPageOptions): Promise<ListPage> {
        const { cursor = "", ...others } = options;
        const isUsed = this.#used.has(cursor);
        if (cursor) this.#used.add(cursor);
        return super.list(isUsed ? others : options);
      }
    },
  ),
  brokenDriver(
    "a handle goes on where its last list stopped, whatever the cursor",
    ["list/interleaved", "list/cursor-again"],
    class extends ReferenceDriver {
      #last: string | undefined;
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = await super.list({ ...options, cursor: options.cursor && this.#last });
        this.#last = page.cursor;
        return page;
      }
    },
  ),
  brokenDriver(
    "a list shows what lay there when it began, until its handle changes something",
    CURSOR,
    class extends ReferenceDriver {
      #files: readonly FileInfo[] | undefined;
      override async list(options: ListPageOptions): Promise<ListPage> {
        const { limit, cursor } = options;
        if (cursor === undefined) this.#files = undefined;
        this.#files ??= (await super.list({ ...options, limit: 10_000 })).files;
        const rest = this.#files.filter(({ key }) => cursor === undefined || compareKeys(key, cursor) > 0);
        const files = rest.slice(0, limit);
        return rest.length > limit ? { files, cursor: files.at(-1)?.key } : { files };
      }
      override async delete(key: string, options: Cancellable): Promise<void> {
        await super.delete(key, options);
        this.#files = undefined;
      }
    },
  ),
  capped(50),
  capped(99),
];

function hiding(name: string, pattern: RegExp): Flaw {
  return brokenDriver(
    name,
    LOOKALIKES,
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = await super.list(options);
        return { ...page, files: page.files.filter(({ key }) => !pattern.test(key)) };
      }
    },
  );
}

interface ListRules {
  readonly matches?: (options: ListPageOptions, keys: readonly string[]) => string;
  readonly normalize?: (text: string) => string;
  readonly isBehind?: (key: string, cursor: string, keys: readonly string[]) => boolean;
}

function listing(name: string, caughtBy: readonly string[], rules: ListRules): Flaw {
  const { normalize = String } = rules;
  const { matches = ({ prefix }) => prefix, isBehind = (key, cursor) => compareKeys(key, cursor) > 0 } = rules;
  return brokenDriver(
    name,
    caughtBy,
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const { limit, cursor } = options;
        const all = [...this.place.objects.keys()].sort(compareKeys);
        const prefix = matches(options, all);
        const keys = all.filter((key) => normalize(key).startsWith(normalize(prefix)));
        const rest = keys.filter((key) => cursor === undefined || isBehind(key, cursor, keys));
        const files: FileInfo[] = rest.slice(0, limit).map((key) => infoOf(key, this.find(key)));
        return rest.length > limit ? { files, cursor: files.at(-1)?.key } : { files };
      }
    },
  );
}

/** The server sends fewer than it was asked for, and the driver takes that for the end. */
function capped(cap: number): Flaw {
  return brokenDriver(
    `a list ends where the server's pages of ${cap} do`,
    ["list/thousand"],
    class extends ReferenceDriver {
      override readonly capabilities = Object.freeze({
        ...REFERENCE_CAPABILITIES,
        limits: Object.freeze({ ...REFERENCE_CAPABILITIES.limits, pageSize: 10_000 }),
      });
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = await super.list({ ...options, limit: Math.min(options.limit, cap) });
        return page.files.length < options.limit ? { files: page.files } : page;
      }
    },
  );
}

function listingFolders(name: string, keyOf: (folder: string) => string): Flaw {
  return brokenDriver(
    name,
    ["list/neighbours-of-the-place"],
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const { files, ...page } = await super.list(options);
        const keys = [...this.place.folders].map(keyOf).filter((key) => key.startsWith(options.prefix));
        const listed = keys.map((key) => ({ key, size: 0, modifiedAt: new Date() }));
        const all = [...files, ...listed].sort((left, right) => compareKeys(left.key, right.key));
        return { ...page, files: options.cursor === undefined ? all : files };
      }
    },
  );
}
