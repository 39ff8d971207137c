import assert from "node:assert/strict";
import type { FilesystemDriver } from "@stowage/core";
import type { ListPage, ListPageOptions } from "@stowage/core/driver";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertRejects, listKeys } from "../../assert/assertions.ts";
import { textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { failNthCall } from "../../faults/fail-nth-call.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";
import { writeAll } from "./list.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"] as const;

export const listInterruptedCases: readonly ContractCase[] = [
  {
    id: "list/changes-between-pages",
    title: "objects that stay are listed once each, whatever is written and deleted between pages",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const { filesystem, prefix } = context;
      await writeAll(context, NAMES);
      const found: string[] = [];
      for await (const { key } of filesystem.list({ prefix, pageSize: 2 })) {
        found.push(key);
        if (found.length === 2) await filesystem.delete(context.key("a"));
        if (found.length === 2) await filesystem.delete(context.key("b"));
        if (found.length === 4) await filesystem.write(context.key("aa"), textBytes("behind the cursor"));
        if (found.length === 4) await filesystem.write(context.key("g"), textBytes("ahead of the cursor"));
      }
      assertEqual(
        found.slice(0, 6),
        NAMES.map((name) => context.key(name)),
        "the first six keys listed in pages of 2, of which two were deleted and two added meanwhile",
      );
      assert.ok(
        found.slice(6).every((key) => key === context.key("g")),
        `behind the six keys a list that is under way yields "g", which was added ahead, or nothing: ${found.slice(6).join(", ")}`,
      );
    },
  },
  {
    id: "list/delete-while-listing",
    title: "deleting each key as it is yielded deletes all of them",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const { filesystem, prefix } = context;
      await writeAll(context, NAMES);
      for await (const { key } of filesystem.list({ prefix, pageSize: 2 })) await filesystem.delete(key);
      assertEqual(await listKeys(filesystem, prefix), [], "the keys listed once each was deleted when it was yielded");
    },
  },
  {
    id: "list/stop-early",
    title: "a list that is left early asks for no further page, and the next call works",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      await writeAll(context, NAMES);
      let pages = 0;
      const counting: ChangePage = (fetch) => {
        pages++;
        return fetch();
      };
      const filesystem = context.openThrough((driver) => changingPages(driver, counting));
      for await (const _ of filesystem.list({ prefix: context.prefix, pageSize: 2 })) break;
      assertEqual(pages, 1, "how many pages are fetched of a list that is left at its first object");
      assertEqual(
        (await listKeys(filesystem, context.prefix)).length,
        NAMES.length,
        "the number of keys that the next list yields",
      );
      await filesystem.close();
    },
  },
  {
    id: "list/aborted",
    title: "an abort before, at the first and at the last object ends the list with ABORTED",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      await writeAll(context, NAMES);
      for (const count of [0, 1, NAMES.length - 1]) {
        const controller = new AbortController();
        const reason = new Error("enough");
        const consume = async () => {
          let yielded = 0;
          if (count === 0) controller.abort(reason);
          const options = { prefix: context.prefix, pageSize: 1, signal: controller.signal };
          for await (const _ of context.filesystem.list(options)) if (++yielded === count) controller.abort(reason);
        };
        await assertRejects(consume, "ABORTED", { operation: "list", cause: reason });
      }
    },
  },
  {
    id: "list/failing-page",
    title: "a page that fails, the second too, fails the list: it is never silently short",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      await writeAll(context, NAMES);
      for (const nth of [1, 2, 3]) {
        const error = new Error("the page is torn");
        const filesystem = context.openThrough((driver) => failNthCall(driver, { verb: "list", nth, error }));
        const list = () => listKeys(filesystem, context.prefix, 2);
        await assertRejects(list, filesystem.driver.classify(error).code, { operation: "list", cause: error });
      }
    },
  },
  broken("repeated-cursor", "a cursor that comes twice", () => async () => ({ files: [], cursor: "same" })),
  broken("cursor-that-leads-back", "a cursor that leads back", firstPageAgain),
  broken("unordered-page", "a page that is out of order", () => async (fetch) => {
    const page = await fetch();
    return { ...page, files: [...page.files].reverse() };
  }),
];

type ChangePage = (fetch: () => Promise<ListPage>, options: ListPageOptions) => Promise<ListPage>;

function broken(id: string, title: string, makeChange: () => ChangePage): ContractCase {
  return {
    id: `list/${id}`,
    title: `${title} ends the list with INTERNAL, never with an endless or a short list`,
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      await writeAll(context, NAMES);
      const filesystem = context.openThrough((driver) => changingPages(driver, makeChange()));
      await assertRejects(() => listKeys(filesystem, context.prefix, 2), "INTERNAL", { operation: "list" });
    },
  };
}

function changingPages(driver: FilesystemDriver, change: ChangePage): FilesystemDriver {
  return wrapDriver(driver, { list: (options) => change(() => driver.list(options), options) });
}

/** Answers every request with the first page, and with a cursor that was not there before. */
function firstPageAgain(): ChangePage {
  let first: ListPage | undefined;
  let count = 0;
  return async (fetch) => {
    first ??= await fetch();
    return { ...first, cursor: `fresh-${++count}` };
  };
}
