import { compareKeys } from "@stowage/core/driver";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertRejects, assertSameInfo, listAll, listKeys } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { textBytes, thenThrow } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import type { DriverVerb } from "../../faults/intercept-calls.ts";
import { recordCalls } from "../../faults/record-calls.ts";

/** In UTF-8 byte order. JavaScript's `sort()` puts the astral character before \uff01. */
const ORDERED = [
  "A",
  "B",
  "Z",
  "a",
  "a+1",
  "a-1",
  "a.zip",
  "a0",
  "a10",
  "a9",
  "aa",
  "b",
  "z",
  "é",
  "语",
  "\uff01",
  "📦",
] as const;

export const listCases: readonly ContractCase[] = [
  {
    id: "list/describes-objects",
    title:
      "list yields nothing, then one object, then many, with size, time and content type, if it tells it, as stat has them",
    tier: "fast",
    run: async (context) => {
      const { filesystem, prefix } = context;
      const typed = filesystem.capabilities.contentTypes ? { contentType: "application/x-described" } : {};
      assertEqual(await listAll(filesystem, { prefix }), [], "what is listed before anything was written");
      for (let count = 1; count <= 3; count++) {
        await filesystem.write(context.key(`object-${count}`), context.bytes(count * 11), count === 2 ? typed : {});
        const files = await listAll(filesystem, { prefix });
        assertEqual(files.length, count, "how many objects are listed");
        for (const file of files) assertSameInfo(filesystem, file, await filesystem.stat(file.key));
      }
    },
  },
  {
    id: "list/byte-order",
    title: "list yields keys in the order of their UTF-8 bytes, on every page",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      await writeAll(context, [...ORDERED].reverse());
      const expected = ORDERED.map((name) => context.key(name));
      for (const pageSize of [2, 100]) {
        assertEqual(
          await listKeys(context.filesystem, context.prefix, pageSize),
          expected,
          `the keys listed in pages of ${pageSize}`,
        );
      }
    },
  },
  {
    id: "list/prefix",
    title: "list yields the keys that start with the prefix, and no others",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      await writeAll(context, ["app", "app-1", "app-2", "apple", "b", "App", "aq"]);
      const found = async (prefix: string) =>
        (await listKeys(context.filesystem, context.key(prefix))).map((key) => key.slice(context.prefix.length));
      assertEqual(await found("app"), ["app", "app-1", "app-2", "apple"], "the names listed by the prefix 'app'");
      assertEqual(await found("app-"), ["app-1", "app-2"], "the names listed by the prefix 'app-'");
      assertEqual(await found("apple"), ["apple"], "the names listed by a prefix that is a key");
      assertEqual(await found("nothing"), [], "the names listed by a prefix that none has");
      assertEqual((await found("")).length, 7, "how many names are listed by the prefix of all");
      assertEqual((await listKeys(context.filesystem, "")).length, 7, "how many keys are listed without a prefix");
    },
  },
  {
    id: "list/special-prefix",
    title: "characters in a prefix or at a page's end that mean something elsewhere mean themselves",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const names = ["a%20b", "a b", "a+b", "a*b", "a?b", "a[b]", "a&b", "a#b", "语b", "📦b", "a'b", "a<b"];
      await writeAll(context, names);
      for (const name of names) {
        const prefix = context.key(name.slice(0, -1));
        assertEqual(
          await listKeys(context.filesystem, prefix),
          [context.key(name)],
          `the keys listed by the prefix ${prefix}`,
        );
      }
      const all = names.map((name) => context.key(name)).sort(compareKeys);
      assertEqual(
        await listKeys(context.filesystem, context.prefix, 1),
        all,
        "the keys listed in pages of 1, each of which is a cursor in its turn",
      );
    },
  },
  {
    id: "list/page-sizes",
    title: "pages of any size leave nothing out and yield nothing twice",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const names = Array.from({ length: 13 }, (_, index) => `${String(index).padStart(2, "0")}`);
      await writeAll(context, names);
      const expected = names.map((name) => context.key(name));
      for (const pageSize of [2, 3, 12, 13, 14, 1_000_000]) {
        assertEqual(
          await listKeys(context.filesystem, context.prefix, pageSize),
          expected,
          `the keys listed in pages of ${pageSize}`,
        );
      }
    },
  },
  {
    id: "list/thousand",
    title:
      "1,001 objects, or one more than a page holds if that is less, are all listed, whatever a server puts into one page",
    tier: "fast",
    run: async (context) => {
      const { pageSize } = context.filesystem.capabilities.limits;
      const names = Array.from({ length: Math.min(1_000, pageSize) + 1 }, (_, index) => String(index).padStart(5, "0"));
      const written = await writeFor(6_000, context, names);
      const expected = names.slice(0, written).map((name) => context.key(name));
      assertEqual(
        await listKeys(context.filesystem, context.prefix),
        expected,
        `the keys listed of ${expected.length}, one more than a page holds`,
      );
    },
  },
  {
    id: "list/thousands",
    title: "2,345 objects are all listed, in order",
    tier: "slow",
    run: async (context) => {
      const names = Array.from({ length: 2_345 }, (_, index) => String(index).padStart(5, "0"));
      await writeAll(context, names);
      const expected = names.map((name) => context.key(name));
      assertEqual(
        await listKeys(context.filesystem, context.prefix),
        expected,
        "the keys listed of 2,345, in pages of the driver's size",
      );
      assertEqual(
        await listKeys(context.filesystem, context.prefix, 334),
        expected,
        "the keys listed of 2,345, in pages of 334",
      );
    },
  },
  {
    id: "list/bad-options",
    title: "a page size or prefix that cannot be is refused before any I/O",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const calls: DriverVerb[] = [];
      const filesystem = context.openThrough((driver) => recordCalls(driver, calls));
      for (const pageSize of [0, -1, 1.5, Number.NaN, "5" as unknown as number]) {
        await assertRejects(() => filesystem.list({ pageSize }).next(), "INVALID_ARGUMENT", { operation: "list" });
      }
      for (const prefix of ["a/", "../", "\u0000", "\ud800", 7 as unknown as string]) {
        await assertRejects(() => filesystem.list({ prefix }).next(), "INVALID_ARGUMENT", { operation: "list" });
      }
      assertEqual(calls, [], "the calls of a driver whose list has bad options");
    },
  },
  {
    id: "list/follows-changes",
    title: "list shows a write and a delete at once, and a failed write never",
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      const keys = () => listKeys(context.open(), context.prefix);
      await writeAll(context, ["a", "b"]);
      assertEqual(await keys(), [context.key("a"), context.key("b")], "the keys listed after two writes");
      await filesystem.delete(context.key("a"));
      assertEqual(await keys(), [context.key("b")], "the keys listed after the delete of one");
      const content = thenThrow([textBytes("half")], new Error("no more"));
      await assertRejects(() => filesystem.write(context.key("c"), content), "SOURCE_UNREADABLE");
      assertEqual(await keys(), [context.key("b")], "the keys listed after a write that failed");
    },
  },
];

export async function writeAll(context: CaseContext, names: readonly string[]): Promise<void> {
  const left = [...names];
  while (left.length > 0) {
    const batch = left.splice(0, 32);
    await Promise.all(batch.map((name) => context.filesystem.write(context.key(name), textBytes(name))));
  }
}

/** Writes the names in turn until the time is up, and returns how many it has written. No fewer than 100. */
async function writeFor(timeMs: number, context: CaseContext, names: readonly string[]): Promise<number> {
  const deadline = performance.now() + timeMs;
  let written = 0;
  while (written < names.length && (written < 100 || performance.now() < deadline)) {
    const batch = names.slice(written, written + 32);
    await writeAll(context, batch);
    written += batch.length;
  }
  return written;
}
