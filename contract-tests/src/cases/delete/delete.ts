import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertObject, listKeys } from "../../assert/assertions.ts";
import { inChunks, KIB, pausedContent, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { writeAll } from "../list/list.ts";

export const deleteCases: readonly ContractCase[] = [
  {
    id: "delete/removes",
    title: "delete removes the object for every handle",
    tier: "fast",
    run: async (context) => {
      const other = context.open();
      await context.filesystem.write(context.key("a"), textBytes("a"));
      await context.filesystem.write(context.key("empty"), []);
      await assertObject(other, context.key("a"), textBytes("a"));
      await context.filesystem.delete(context.key("a"));
      await context.filesystem.delete(context.key("empty"));
      await assertAbsent(context.filesystem, context.key("a"));
      await assertAbsent(other, context.key("a"));
      assertEqual(await other.exists(context.key("empty")), false, "whether an empty object exists once it is deleted");
    },
  },
  {
    id: "delete/missing-key",
    title: "delete of a missing key resolves, twice",
    tier: "fast",
    run: async (context) => {
      await context.filesystem.delete(context.key("never-was"));
      await context.filesystem.write(context.key("a"), textBytes("a"));
      await context.filesystem.delete(context.key("a"));
      await context.filesystem.delete(context.key("a"));
    },
  },
  {
    id: "delete/neighbours-stay",
    title: "delete takes the one key, not those that start with it or look like it",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const neighbours = ["A", "a.b", "a2", "aa"];
      await writeAll(context, ["a", ...neighbours]);
      await context.filesystem.delete(context.key("a"));
      const expected = neighbours.map((name) => context.key(name));
      assertEqual(
        await listKeys(context.filesystem, context.prefix),
        expected,
        `the keys listed after the delete of "a"`,
      );
    },
  },
  {
    id: "delete/at-once",
    title: "8 deletes at once of one key, and of 8 keys, resolve",
    tier: "fast",
    run: async (context) => {
      const names = Array.from({ length: 8 }, (_, index) => `object-${index}`);
      await writeAll(context, ["a", ...names]);
      const handles = [context.filesystem, context.open()] as const;
      await Promise.all(
        names.flatMap((name, index) => {
          const handle = handles[index % 2] ?? handles[0];
          return [handle.delete(context.key("a")), handle.delete(context.key(name))];
        }),
      );
      assertEqual(await listKeys(context.filesystem, context.prefix), [], "the keys listed after deletes at once");
    },
  },
  {
    id: "delete/during-a-write",
    title: "a delete during an overwrite takes the old object, and the write still commits whole",
    tier: "fast",
    run: async (context) => {
      const bytes = context.bytes(100 * KIB);
      await context.filesystem.write(context.key("a"), textBytes("old"));
      const { content, taken, finish } = pausedContent(inChunks(bytes, 10 * KIB));
      const write = context.filesystem.write(context.key("a"), content);
      write.catch(() => {}); // awaited below
      await Promise.race([taken, write]);
      await context.open().delete(context.key("a")).finally(finish);
      await write;
      await assertObject(context.filesystem, context.key("a"), bytes);
    },
  },
];
