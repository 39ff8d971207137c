import assert from "node:assert/strict";
import type { ListPage } from "@stowage/core";
import type { CaseContext } from "../case-context.ts";
import type { ContractCase } from "../contract-case.ts";
import { writeAll } from "./list.ts";

const NAMES = ["a", "b", "c", "d", "e"] as const;

/** What is promised of single pages, which this library relies on where it merges lists. */
export const listPageCases: readonly ContractCase[] = [
  {
    id: "list/limit",
    title: "no page holds more objects than were asked for",
    tier: "fast",
    run: async (context) => {
      await writeAll(context, NAMES);
      for (const limit of [1, 2, 4]) {
        const { files, cursor } = await fetchPage(context, { limit });
        assert.ok(files.length <= limit, `${files.length} objects where ${limit} were asked for`);
        assert.notEqual(cursor, undefined, "there is more");
      }
    },
  },
  {
    id: "list/cursor-again",
    title: "a cursor leads to the same page each time, also after other pages were fetched",
    tier: "fast",
    run: async (context) => {
      await writeAll(context, NAMES);
      const { cursor } = await fetchPage(context, { limit: 2 });
      const first = await fetchPage(context, { limit: 2, cursor });
      await fetchPage(context, { limit: 2, cursor: first.cursor });
      await fetchPage(context, { limit: 1 });
      const again = await fetchPage(context, { limit: 2, cursor });
      assert.deepEqual(keysOf(again), keysOf(first), "the same page");
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
        assert.deepEqual(
          keys,
          names.filter((name) => name.startsWith(start)),
          `the list of "${start}"`,
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

function keysOf({ files }: ListPage): string[] {
  return files.map(({ key }) => key);
}
