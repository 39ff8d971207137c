import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertBytes, assertObject, listKeys, readBytes } from "../../assert/assertions.ts";
import { textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { writeAll } from "../list/list.ts";

/** In UTF-8 byte order. */
const TWINS = [
  "ABC",
  "Abc",
  "a",
  "ab",
  "abc ",
  "abc%",
  "abc*",
  "abc.",
  "abc.attrs",
  "abc.tmp",
  "abcd",
  "abc~",
] as const;

export const deleteLastingCases: readonly ContractCase[] = [
  {
    id: "delete/is-over",
    title: "an object is gone for good once its delete resolves, and what is written then stays",
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      for (const text of ["first version", "second version"]) {
        await filesystem.write(context.key("gone"), textBytes(text));
        await filesystem.write(context.key("again"), textBytes(text));
      }
      await filesystem.delete(context.key("gone"));
      await assertAbsent(context.open(), context.key("gone"));
      await filesystem.delete(context.key("again"));
      await filesystem.write(context.key("again"), textBytes("a new object"));
      await context.settle();
      const later = context.open();
      await assertAbsent(later, context.key("gone"));
      await assertObject(later, context.key("again"), textBytes("a new object"));
      assertEqual(await listKeys(later, context.prefix), [context.key("again")], "the keys listed after the deletes");
    },
  },
  {
    id: "delete/twins-stay",
    title: "keys that look like the one that is looked for or deleted are neither found nor deleted in its place",
    tier: "fast",
    run: async (context) => {
      const { filesystem, prefix } = context;
      await filesystem.write(context.key("abc"), textBytes("abc"));
      const found = await Promise.all(TWINS.map((name) => filesystem.exists(context.key(name))));
      assertEqual(
        found,
        new Array(TWINS.length).fill(false),
        "whether keys exist that look like the one that was written",
      );
      await Promise.all(TWINS.map((name) => filesystem.delete(context.key(name))));
      assertEqual(
        await listKeys(filesystem, prefix),
        [context.key("abc")],
        "the keys listed after deletes of missing keys that look like the one that was written",
      );
      await writeAll(context, TWINS);
      await filesystem.delete(context.key("abc"));
      const twins = TWINS.map((name) => context.key(name));
      assertEqual(
        new Set(await listKeys(filesystem, prefix)),
        new Set(twins),
        "the keys listed after the delete of one of them",
      );
      assertEqual(await filesystem.exists(context.key("abc")), false, "whether the deleted key exists");
      for (const name of TWINS) assertBytes(await readBytes(filesystem, context.key(name)), textBytes(name), name);
    },
  },
];
