import { StowageError } from "../errors.ts";
import type { FileInfo, ListPage } from "./driver.ts";
import { compareKeys, isValidKey } from "./key.ts";

/** Pages without an object that may follow one another. Services send some; a thousand is a loop. */
const MAX_EMPTY_PAGES = 1_000;

/**
 * Yields the objects of each page that has some. Keys must rise from one to the next by UTF-8 bytes: a cursor that leads
 * back or an endless row of empty pages is an error (`INTERNAL`), never an endless or a short list.
 */
export async function* listPages(
  fetchPage: (cursor?: string) => Promise<ListPage>,
): AsyncGenerator<readonly FileInfo[], void, void> {
  let last: string | undefined;
  let cursor: string | undefined;
  let emptyPages = 0;
  do {
    const page = await fetchPage(cursor);
    assertRising(last, page.files);
    const files = page.files.filter(({ key }) => isValidKey(key));
    if (files.length > 0) yield files;
    last = page.files.at(-1)?.key ?? last;
    emptyPages = page.files.length === 0 ? emptyPages + 1 : 0;
    if (emptyPages > MAX_EMPTY_PAGES) throw noProgress(`${MAX_EMPTY_PAGES} pages in a row are empty`);
    if (page.cursor !== undefined && page.cursor === cursor) throw noProgress("the same cursor came twice");
    cursor = page.cursor;
  } while (cursor !== undefined);
}

function assertRising(before: string | undefined, files: readonly FileInfo[]): void {
  let last = before;
  for (const { key } of files) {
    if (last !== undefined && compareKeys(last, key) >= 0) throw noProgress(`${key} follows ${last}`);
    last = key;
  }
}

function noProgress(what: string): StowageError {
  return new StowageError("INTERNAL", `the storage lists out of order: ${what}; its driver or server is at fault`);
}
