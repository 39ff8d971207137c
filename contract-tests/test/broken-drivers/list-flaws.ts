import { type FileInfo, Filesystem, type ListOptions } from "@stowage/core";
import { compareKeys, type ListPage, type ListPageOptions } from "@stowage/core/driver";
import { infoOf, REFERENCE_CAPABILITIES, ReferenceDriver } from "../reference-driver.ts";
import { brokenDriver, brokenFilesystem, type Flaw } from "./flaw.ts";

type List = (options: ListPageOptions) => Promise<ListPage>;

const remembered = new Map<string, ListPage>();

export const listFlaws: readonly Flaw[] = [
  paging("the time in a list is the time of the list", ["list/describes-objects"], async (list, options) => {
    const { files, ...others } = await list(options);
    return { ...others, files: files.map((file) => ({ ...file, modifiedAt: new Date(0) })) };
  }),
  paging("a list leaves out its first object", ["list/describes-objects"], async (list, options) => {
    const { files, ...others } = await list(options);
    return { ...others, files: options.cursor === undefined ? files.slice(1) : files };
  }),
  paging("keys are sorted as JavaScript sorts", ["list/byte-order"], async (list, options) => {
    const { files, ...others } = await list(options);
    return { ...others, files: [...files].sort((left, right) => (left.key < right.key ? -1 : 1)) };
  }),
  paging("keys are sorted without regard to case", ["list/byte-order"], async (list, options) => {
    const { files, ...others } = await list(options);
    return { ...others, files: [...files].sort((left, right) => left.key.localeCompare(right.key)) };
  }),
  paging("the prefix is ignored", ["list/prefix", "open/prefixes-stay-apart"], (list, options) =>
    list({ ...options, prefix: "" }),
  ),
  paging("the prefix must be longer than a key", ["list/prefix"], async (list, options) => {
    const { files, ...others } = await list(options);
    return { ...others, files: files.filter(({ key }) => key !== options.prefix) };
  }),
  paging("the prefix is decoded", ["list/special-prefix"], (list, options) =>
    list({ ...options, prefix: options.prefix.replaceAll("+", " ") }),
  ),
  paging("a page leaves out its last object if there is more", ["list/page-sizes"], async (list, options) => {
    const { files, cursor } = await list(options);
    return cursor === undefined ? { files } : { files: files.slice(0, -1), cursor };
  }),
  stopping(99, ["list/thousand", "list/thousands"]),
  stopping(1_000, ["list/thousand", "list/thousands"], { pageSize: 1_000 }),
  stopping(2_000, ["list/thousands"]),
  brokenDriver(
    "a handle remembers its last list",
    ["list/follows-changes", "delete/removes"],
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const id = JSON.stringify({ ...options, signal: undefined });
        const page = remembered.get(id) ?? (await super.list(options));
        if (page.files.length > 0) remembered.set(id, page);
        return page;
      }
    },
  ),
  brokenDriver(
    "a cursor counts objects",
    ["list/changes-between-pages", "list/delete-while-listing"],
    class extends ReferenceDriver {
      override async list({ prefix, limit, cursor = "0" }: ListPageOptions): Promise<ListPage> {
        const keys = [...this.place.objects.keys()].filter((key) => key.startsWith(prefix)).sort(compareKeys);
        const end = Number(cursor) + limit;
        const files = keys.slice(Number(cursor), end).map((key) => infoOf(key, this.find(key)));
        return end < keys.length ? { files, cursor: String(end) } : { files };
      }
    },
  ),
  listing("all pages are fetched at once", ["list/stop-early"], async function* (list, options) {
    const files: FileInfo[] = [];
    for await (const file of list(options)) files.push(file);
    yield* files;
  }),
  listing("an abort of a list is ignored", ["list/aborted"], async function* (list, { signal: _, ...options }) {
    yield* list(options);
  }),
  listing(
    "a page that fails ends the list",
    ["list/failing-page", "life/close-during-a-list"],
    async function* (list, options) {
      try {
        yield* list(options);
      } catch {}
    },
  ),
  listing("bad options are repaired", ["list/bad-options"], async function* (list, { pageSize, ...options }) {
    yield* list({ ...options, ...(pageSize !== undefined && pageSize >= 1 ? { pageSize: Math.floor(pageSize) } : {}) });
  }),
  brokenFilesystem(
    "a cursor that leads nowhere ends the list",
    ["list/repeated-cursor", "list/cursor-that-leads-back", "list/unordered-page"],
    class extends Filesystem {
      override async *list({ prefix = "", pageSize = 100 }: ListOptions = {}): AsyncGenerator<FileInfo, void, void> {
        const seen = new Set<string>();
        let page: ListPage = { files: [] };
        do {
          const { signal } = new AbortController();
          page = await this.driver.list({ prefix, limit: pageSize, cursor: page.cursor, signal });
          const files = page.files.filter(({ key }) => !seen.has(key));
          if (files.length === 0) return;
          for (const { key } of files) seen.add(key);
          yield* files;
        } while (page.cursor !== undefined);
      }
    },
  ),
];

function paging(
  name: string,
  caughtBy: string[],
  change: (list: List, options: ListPageOptions) => Promise<ListPage>,
): Flaw {
  return brokenDriver(
    name,
    caughtBy,
    class extends ReferenceDriver {
      override list(options: ListPageOptions): Promise<ListPage> {
        return change((changed) => super.list(changed), options);
      }
    },
  );
}

function stopping(count: number, caughtBy: string[], { pageSize = 100 } = {}): Flaw {
  const limits = Object.freeze({ ...REFERENCE_CAPABILITIES.limits, pageSize });
  return brokenDriver(
    `a list ends after ${count} objects`,
    caughtBy,
    class extends ReferenceDriver {
      override readonly capabilities = Object.freeze({ ...REFERENCE_CAPABILITIES, limits });
      override async list(options: ListPageOptions): Promise<ListPage> {
        const all = await super.list({ ...options, limit: 10_000, cursor: undefined });
        const last = all.files[count - 1]?.key;
        const { files, cursor } = await super.list(options);
        const kept = files.filter(({ key }) => last === undefined || compareKeys(key, last) <= 0);
        return kept.length < files.length ? { files: kept } : { files, cursor };
      }
    },
  );
}

type ListFiles = (options: ListOptions) => AsyncGenerator<FileInfo, void, void>;

function listing(
  name: string,
  caughtBy: string[],
  change: (list: ListFiles, options: ListOptions) => AsyncGenerator<FileInfo, void, void>,
): Flaw {
  return brokenFilesystem(
    name,
    caughtBy,
    class extends Filesystem {
      override list(options: ListOptions = {}): AsyncGenerator<FileInfo, void, void> {
        return change((changed) => super.list(changed), options);
      }
    },
  );
}
