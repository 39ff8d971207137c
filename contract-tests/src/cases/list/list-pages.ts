import assert from "node:assert/strict";
import type { Filesystem } from "@stowage/core";
import type { ListPage } from "@stowage/core/driver";
import { assertEqual } from "../../assert/assert-equal.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { aboveOnePart, inChunks, KIB, pausedContent } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { writeAll } from "./list.ts";

/** Starts each name, and each cursor that is made of one. */
const STEM = "a-long-name-".repeat(12);
const NAMES = ["a", "b", "c", "d", "e"].map((end) => STEM + end);

/** What is promised of single pages, which this library relies on where it merges lists. */
export const listPageCases: readonly ContractCase[] = [
  {
    id: "list/limit",
    title: "no page holds more objects than were asked for",
    tier: "fast",
    run: async (context) => {
      await writeAll(context, NAMES);
      for (const limit of [1, 4]) {
        const { files, cursor } = await fetchPage(context, { limit });
        assert.ok(files.length <= limit, `${files.length} objects where ${limit} were asked for`);
        assert.notEqual(cursor, undefined, `a page of at most ${limit} of ${NAMES.length} objects has a cursor`);
      }
    },
  },
  {
    id: "list/cursor-again",
    title:
      "a cursor leads behind its page each time, after other pages were fetched and right behind it was written too",
    tier: "fast",
    run: async (context) => {
      await writeAll(context, NAMES);
      const { cursor } = await fetchPage(context, { limit: 2 });
      const first = await fetchPage(context, { limit: 2, cursor });
      await fetchPage(context, { limit: 2, cursor: first.cursor });
      await fetchPage(context, { limit: 1 });
      const again = await fetchPage(context, { limit: 2, cursor });
      assertEqual(keysOf(again), keysOf(first), "the page behind a cursor that is used again");
      await writeAll(context, [`${STEM}b0`]);
      const { files } = await fetchPage(context, { limit: 1, cursor });
      assertEqual(
        keysOf({ files }),
        [context.key(`${STEM}b0`)],
        "the page behind a cursor, right behind which was written",
      );
    },
  },
  {
    id: "list/nothing-but-objects",
    title:
      "no page of a driver shows a write that is not committed, or what a write or a delete has made, or ends for it",
    tier: "fast",
    run: async (context) => {
      const { filesystem, hasSmallParts, partSize } = context;
      const [key, ...others] = ["a", "b", "c"].map((name) => context.key(name)) as [string, string, string];
      await writeAll(context, ["b", "c"]);
      const bytes = context.bytes(hasSmallParts ? aboveOnePart(partSize) : 5 * KIB);
      const { content, taken, finish } = pausedContent(inChunks(bytes, Math.ceil(bytes.length / 5)));
      const write = filesystem.write(key, content);
      write.catch(() => {}); // awaited below
      try {
        await Promise.race([taken, write]);
        assertEqual(await allKeys(filesystem), others, "the keys that the driver lists while one more is written");
      } finally {
        finish();
      }
      await write;
      assertEqual(
        await allKeys(filesystem),
        [key, ...others],
        "the keys that the driver lists once one more was written",
      );
      await filesystem.delete(key);
      assertEqual(await allKeys(filesystem), others, "the keys that the driver lists once that one was deleted");
    },
  },
  {
    id: "list/interleaved",
    title: "lists of one handle that go on by turns do not disturb each other",
    tier: "fast",
    run: async (context) => {
      const names = ["x-1", "x-2", "y-1", "y-2"];
      await writeAll(context, names);
      const starts = ["x-", "y-", ""];
      const lists = starts.map((start) => context.filesystem.list({ prefix: context.key(start), pageSize: 1 }));
      const found = new Map<string, string[]>(starts.map((start) => [start, []]));
      for (let round = 0; round < names.length + 1; round++) {
        for (const [index, start] of starts.entries()) {
          const { value } = (await lists[index]?.next()) ?? {};
          if (value) found.get(start)?.push(value.key.slice(context.prefix.length));
        }
      }
      for (const [start, keys] of found) {
        assertEqual(
          keys,
          names.filter((name) => name.startsWith(start)),
          `the names that the list of "${start}" yields by turns with others`,
        );
      }
    },
  },
];

/** Asks the driver itself. */
async function fetchPage(
  { filesystem, prefix }: CaseContext,
  options: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<ListPage> {
  await filesystem.open();
  return filesystem.driver.list({ ...options, prefix, signal: new AbortController().signal });
}

/** Also the keys that no list of a `Filesystem` shows. It is open already. */
export async function allKeys({ driver }: Filesystem): Promise<string[]> {
  const keys: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await driver.list({ prefix: "", limit: 1, cursor, signal: new AbortController().signal });
    keys.push(...keysOf(page));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return keys;
}

function keysOf({ files }: Pick<ListPage, "files">): string[] {
  return files.map(({ key }) => key);
}
