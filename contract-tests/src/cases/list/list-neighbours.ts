import type { FileInfo } from "@stowage/core";
import { compareKeys } from "@stowage/core/driver";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertBytes, listAll, listKeys, readBytes } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { besideSubFolder } from "../../case/sub-folder.ts";
import { writeAll } from "./list.ts";
import { allKeys } from "./list-pages.ts";

/** Names that programs give to what is no object of its own. */
const LOOKALIKES: readonly string[] = [
  ...["#a#", "$a", "A", "A.ZIP", "TMP-a", "__a", "_a", "a", "a ", "a#", "a%", "a%2Ezip", "a%7E", "a.", "a.TMP"],
  ...[
    "a.attrs",
    "a.bak",
    "a.crdownload",
    "a.etag",
    "a.json",
    "a.lock",
    "a.md5",
    "a.meta",
    "a.meta.json",
    "a.metadata",
    "a.new",
  ],
  ...[
    "a.old",
    "a.part",
    "a.part-1",
    "a.partial",
    "a.stowage-tmp-1",
    "a.swp",
    "a.temp",
    "a.tmp",
    "a.tmp-4711",
    "a.upload",
    "a.zip",
  ],
  ...[
    "a.zip.123e4567-e89b-12d3-a456-426614174000",
    "a.zip.3f9c1e7a",
    "a.zip.3f9c1e7a.tmp",
    "a.zip.tmp",
    "a.zip~",
    "a~",
    "index",
    "lock",
  ],
  ...["manifest", "stowage-a", "temp", "tmp", "tmp-a", "tmp.a", "upload-a", "~", "~a"],
].sort(compareKeys);
/** The same where a key starts. */
const STARTS = ["#", "$", "TMP-", "_", "lock-", "part-", "stowage-", "tmp-", "tmp.", "upload-", "~", "~$"] as const;

/** With neighbours before and behind: nothing else lies between keys with one prefix. */
const FOREIGN = ["M-a", "l", "m", "m,z", "m.", "m.a", "n"] as const;

export const listNeighbourCases: readonly ContractCase[] = [
  {
    id: "list/names-that-look-temporary",
    title: "objects whose names look temporary, hidden or like those beside others are listed and read as any other",
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      await writeAll(context, LOOKALIKES);
      const starting = STARTS.map((start) => context.keyStartingWith(start));
      await Promise.all(starting.map((key) => filesystem.write(key, textBytes(key))));
      await context.open().open(); // what a driver sweeps when it opens is none of them
      const all = await listAll(filesystem);
      const found = all.filter(({ key }) => key.includes(context.prefix));
      const inner = LOOKALIKES.map((name) => context.key(name));
      const listed = found.map(({ key }) => key);
      assertEqual(new Set(listed), new Set([...starting, ...inner]), "the keys listed of those that look temporary");
      assertEqual(listed.length, starting.length + inner.length, "how many keys are listed, each once");
      assertEqual(await listKeys(filesystem, context.prefix, 20), inner, "the keys listed in pages of 20");
      for (const key of listed) {
        const name = key.startsWith(context.prefix) ? key.slice(context.prefix.length) : key;
        assertBytes(await readBytes(filesystem, key), textBytes(name), key);
      }
      const taken = new Set(["a", "a.zip"].map((name) => context.key(name)));
      for (const key of taken) await filesystem.write(key, textBytes("again"));
      for (const key of taken) await filesystem.delete(key);
      const others = inner.filter((key) => !taken.has(key));
      assertEqual(await listKeys(filesystem, context.prefix), others, "the keys listed once two were deleted");
      await deleteWhileListing(context, listed);
    },
  },
  {
    id: "list/foreign-neighbours",
    title: "pages of a prefix hold no key that lies before or behind it",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const names = ["m-", "m-1", "m-2", "m-3", "m-~"];
      await writeAll(context, [...FOREIGN, ...names]);
      const expected = names.map((name) => context.key(name));
      for (const pageSize of [1, 2, 3, 5, 6, 100]) {
        const found = await listKeys(context.filesystem, context.key("m-"), pageSize);
        assertEqual(found, expected, `the keys listed by the prefix "m-" in pages of ${pageSize}`);
      }
      assertEqual(
        await listKeys(context.filesystem, context.key("m-1"), 1),
        [context.key("m-1")],
        "the keys listed by a prefix that is a key",
      );
      assertEqual(
        await listKeys(context.filesystem, context.key("m0"), 1),
        [],
        "the keys listed by a prefix that none has",
      );
      const twins = ["caf\u00e9", "cafe\u0301"].map((name) => context.key(name));
      await Promise.all(twins.map((key) => context.filesystem.write(key, textBytes("coffee"))));
      for (const twin of twins) {
        assertEqual(
          await listKeys(context.filesystem, twin),
          [twin],
          "the keys listed by one of two prefixes that differ in their Unicode normalization",
        );
      }
    },
  },
  {
    id: "list/neighbours-of-the-place",
    title: "what lies beside or below the objects of a place and is none of them is never listed, on no page",
    tier: "fast",
    needs: ["neighbours"],
    run: async (context) => {
      const { filesystem, namespace } = context;
      await namespace.neighbours?.();
      assertEqual(await listAll(filesystem), [], "what is listed in a place with neighbours and no object");
      await writeAll(context, ["a", "b", "c"]);
      const expected = ["a", "b", "c"].map((name) => context.key(name));
      assertEqual(await listKeys(filesystem, ""), expected, "the keys listed in a place with neighbours");
      assertEqual(
        await listKeys(context.open(), "", 1),
        expected,
        "the keys listed in a place with neighbours, in pages of 1",
      );
      assertEqual(
        await allKeys(filesystem),
        expected,
        "the keys that the driver lists in a place with neighbours, before Filesystem would hide any",
      );
    },
  },
  {
    id: "list/sub-folder",
    title:
      "a sub-folder or a link among the objects is not listed, found, read or deleted, nor what lies in it or behind it",
    tier: "fast",
    needs: ["directory"],
    run: async (context) => {
      const { filesystem } = context;
      await besideSubFolder(context, async (others, object) => {
        for (const other of others) await assertAbsent(filesystem, other);
        for (const pageSize of [1, 10]) {
          assertEqual(
            await listKeys(filesystem, "", pageSize),
            [object],
            `the keys listed beside a sub-folder and a link, in pages of ${pageSize}`,
          );
        }
        for (const other of others) await filesystem.delete(other);
      });
    },
  },
  {
    id: "list/cursor-outlives-its-key",
    title:
      "a page goes on behind the last key of the one before, though that key is gone, and shows what changed ahead of it",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const { filesystem } = context;
      const other = context.open(); // a change by the listing handle could make it forget what it remembers
      const names = [..."abcdefghijklm"].map((letter) => `m-${letter}`);
      await writeAll(context, [...FOREIGN, ...names]);
      const write = (name: string) => other.write(context.key(name), textBytes("meanwhile"));
      const remove = (name: string) => other.delete(context.key(name));
      const meanwhile: Readonly<Record<string, () => Promise<unknown>>> = {
        "m-b": () => Promise.all([remove("m-b"), remove("m-l"), write("m-kk")]),
        "m-d": () => remove("m-d").then(() => write("m-d")),
        "m-f": () => write("m-ee"),
        "m-h": () => remove("m-h").then(() => write("m-gg")),
        "m-j": () => Promise.all([write("m-j"), write("m-j0"), remove("l"), remove("m"), write("m.b")]),
      };
      const found: string[] = [];
      for await (const { key } of filesystem.list({ prefix: context.key("m-"), pageSize: 2 })) {
        const name = key.slice(context.prefix.length);
        found.push(name);
        await meanwhile[name]?.();
      }
      const expected = names.flatMap((name) => (name === "m-l" ? ["m-kk"] : [name]));
      const sure = found.filter((name) => name !== "m-j0"); // on the page that was there already, or not
      assertEqual(sure, expected, "the names listed in pages of 2 while others were deleted and added");
      const left: string[] = [];
      for await (const { key } of filesystem.list({ prefix: context.key("m-"), pageSize: 1 })) {
        left.push(key);
        await filesystem.delete(key);
      }
      const strangers = left.filter((key) => !key.startsWith(context.key("m-")));
      assertEqual(strangers, [], `the keys without the prefix "m-" that are listed by it in pages of 1`);
      assertEqual(await listKeys(filesystem, context.key("m-")), [], "the keys left, each deleted as it was listed");
    },
  },
];

/** Deletes all keys at once, beside lists that may show them or not. */
async function deleteWhileListing(context: CaseContext, keys: readonly string[]): Promise<void> {
  const { filesystem, prefix } = context;
  const [before, , during] = await Promise.all([
    listAll(filesystem, { prefix }),
    Promise.all(keys.map((key) => filesystem.delete(key))),
    listAgain(context, 2),
  ]);
  const listed = [...before, ...during];
  const empty = listed.filter(({ size }) => size === 0);
  assertEqual(empty, [], "the objects without a byte that are listed while others are being deleted");
  const others = listed.map(({ key }) => key).filter((key) => !keys.includes(key));
  assertEqual(others, [], "the keys beside those that are being deleted that are listed meanwhile");
  const left = (await listKeys(filesystem, "")).filter((key) => key.includes(prefix));
  assertEqual(left, [], "the keys listed once all were deleted");
}

async function listAgain({ filesystem, prefix }: CaseContext, times: number): Promise<FileInfo[]> {
  const files: FileInfo[] = [];
  for (let count = 0; count < times; count++) files.push(...(await listAll(filesystem, { prefix })));
  return files;
}
