import { StowageError } from "../../errors.ts";
import type { FileInfo, ListPage, ListPageOptions } from "../driver.ts";
import { compareKeys } from "../key.ts";
import type { MirrorDestination } from "./mirror-destination.ts";

/** Where a destination's list goes on. `null` behind its end. */
type Position = { readonly cursor?: string | undefined; readonly isPartial: boolean } | null;

/** What the cursor of a merged list holds, as JSON. */
interface MergeCursor {
  /** The last key that was returned. */
  readonly after?: string | undefined;
  readonly positions: readonly Position[];
}

/**
 * Returns one page of the union of all lists, each key once, as the first destination that has it describes it.
 *
 * Fetches at most one page of each destination. A page that was used in part is fetched again by the next call, which
 * skips what was returned: a cursor of a destination says where a page starts, not where in it to go on.
 */
export async function mergePages(
  destinations: readonly MirrorDestination[],
  options: ListPageOptions,
): Promise<ListPage> {
  const { after, positions } = readCursor(options.cursor, destinations.length);
  const fetches = destinations.map((destination, index) => {
    return fetchPage(destination, positions[index] ?? null, { ...options, after });
  });
  const pages = await Promise.all(fetches);
  const files = takeSmallest(pages, options.limit);
  if (pages.every((page) => page.position === null)) return { files };
  const next: MergeCursor = { after: files.at(-1)?.key ?? after, positions: pages.map(({ position }) => position) };
  return { files, cursor: JSON.stringify(next) };
}

function readCursor(cursor: string | undefined, count: number): MergeCursor {
  if (cursor === undefined) return { positions: new Array<Position>(count).fill({ isPartial: false }) };
  const read: MergeCursor = JSON.parse(cursor);
  if (read.positions?.length === count) return read;
  throw new StowageError("INVALID_ARGUMENT", "cursor: it belongs to another filesystem");
}

async function fetchPage(
  destination: MirrorDestination,
  position: Position,
  { after, ...options }: ListPageOptions & { after: string | undefined },
): Promise<SourcePage> {
  if (position === null) return new SourcePage({ files: [] }, undefined);
  const { cursor, isPartial } = position;
  const page = await destination.call(options.signal, (driver) => driver.list({ ...options, cursor }));
  assertRising(page.files, destination);
  const rest =
    isPartial && after !== undefined ? page.files.filter(({ key }) => compareKeys(key, after) > 0) : page.files;
  return new SourcePage({ ...page, files: rest }, cursor);
}

/** The rest of a page of one destination. */
class SourcePage {
  readonly #files: readonly FileInfo[];
  readonly #next: string | undefined;
  readonly #start: string | undefined;
  #taken = 0;

  constructor({ files, cursor }: ListPage, start: string | undefined) {
    this.#files = files;
    this.#next = cursor;
    this.#start = start;
  }

  get head(): FileInfo | undefined {
    return this.#files[this.#taken];
  }

  /** Whether nobody can say which key comes next, because that is on the page behind this one. */
  get isDry(): boolean {
    return this.head === undefined && this.#next !== undefined;
  }

  get position(): Position {
    if (this.head) return { cursor: this.#start, isPartial: true };
    return this.#next === undefined ? null : { cursor: this.#next, isPartial: false };
  }

  skip(key: string): void {
    if (this.head?.key === key) this.#taken++;
  }
}

function takeSmallest(pages: readonly SourcePage[], limit: number): FileInfo[] {
  const files: FileInfo[] = [];
  while (files.length < limit && !pages.some((page) => page.isDry)) {
    const heads = pages.map(({ head }) => head).filter((head) => head !== undefined);
    const [first, ...others] = heads;
    if (!first) break;
    const smallest = others.reduce((least, head) => (compareKeys(head.key, least.key) < 0 ? head : least), first);
    files.push(smallest);
    for (const page of pages) page.skip(smallest.key);
  }
  return files;
}

/** A key out of order within a page would be taken for one that was returned before, and be lost. */
function assertRising(files: readonly FileInfo[], { name }: MirrorDestination): void {
  let last: string | undefined;
  for (const { key } of files) {
    if (last !== undefined && compareKeys(last, key) >= 0) {
      const found = `${name}: the storage lists out of order: ${key} follows ${last}`;
      throw new StowageError("INTERNAL", `${found}; its driver or server is at fault`);
    }
    last = key;
  }
}
