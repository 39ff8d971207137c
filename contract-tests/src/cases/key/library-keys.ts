import { type Filesystem, prefixed } from "@stowage/core";
import { compareKeys, MAX_PREFIX_SIZE } from "@stowage/core/driver";
import { assertEqual } from "../../assert/assert-equal.ts";
import {
  assertAbsent,
  assertBytes,
  assertObject,
  assertRejects,
  listKeys,
  readBytes,
} from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";

/** How the keys start under which this library keeps its lock. */
const LOCK = ".stowage-lock.";

/** Whole keys by what stands in front of them. */
const WHOLE_NAMES: Readonly<Record<string, readonly string[]>> = {
  "": [
    ...[
      "#a#",
      "10",
      "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
      "9",
      "Thumbs.db",
      "__proto__",
      "_dot_a",
      "constructor",
      "data",
    ],
    ...["index.json", "nul", "objects", "tmp", "toString"],
  ],
  ".": ["DS_Store", "fuse_hidden0001", "lock", "meta", "nfs0001", "tmp", "trash"],
};

/** Those of them that JavaScript finds where nobody has put them. */
const IN_EVERY_OBJECT = ["__proto__", "constructor", "toString"] as const;

/** Keys that no user can give and that reach a driver all the same. */
export const libraryKeyCases: readonly ContractCase[] = [
  {
    id: "keys/leading-dot",
    title: "a key that starts with a dot, as those of the library's own lock do, is an object like any other",
    tier: "fast",
    run: async (context) => {
      for (const start of [LOCK, "."]) {
        const view = context.openUnder(start);
        await deletingAfterwards(view, [context.key("1"), context.key("2")], async ([one, other]) => {
          await assertLives(view, one);
          await assertLives(context.openUnder(start), other);
          assertEqual(
            await listKeys(view, context.prefix, 1),
            [one, other],
            "the keys behind a dot that are listed in pages of 1",
          );
          const all = (await listKeys(context.openUnder("."), "")).filter((key) => key.endsWith(one));
          assertEqual(all.length, 1, "how often a list of all keys that start with a dot shows one of them");
          await view.delete(one);
          await assertAbsent(view, one);
          await assertObject(view, other, textBytes("renewed"));
        });
      }
    },
  },
  {
    id: "keys/leading-dot-in-order",
    title: "a list of all keys has those that start with a dot in their place, and Filesystem shows none of them",
    tier: "fast",
    run: async (context) => {
      const before = context.keyStartingWith("!");
      const others = [before, context.key("behind")];
      const view = context.openUnder(LOCK);
      await deletingAfterwards(view, [context.key("1")], async ([hidden]) => {
        for (const key of others) await context.filesystem.write(key, textBytes("seen"));
        await view.write(hidden, textBytes("not seen"));
        for (const pageSize of [1, 2, 100]) {
          const found = (await listKeys(context.filesystem, "", pageSize)).filter((key) =>
            key.includes(context.prefix),
          );
          assertEqual(
            found,
            others,
            `the keys that Filesystem lists in pages of ${pageSize} where one starts with a dot`,
          );
        }
      });
    },
  },
  {
    id: "keys/whole-names",
    title:
      "names that a driver or JavaScript may have for itself are objects like any other, as they are and behind a dot",
    tier: "fast",
    run: async (context) => {
      for (const [start, names] of Object.entries(WHOLE_NAMES)) {
        const view = context.openUnder(start);
        await deletingAfterwards(view, names, async () => {
          const found = await Promise.all(IN_EVERY_OBJECT.map((name) => view.exists(name)));
          assertEqual(
            found,
            IN_EVERY_OBJECT.map(() => false),
            "whether such names exist before they are written",
          );
          await Promise.all(names.map((name) => view.write(name, textBytes(name))));
          await context.openUnder(start).open(); // what a driver sweeps when it opens is none of them
          assertEqual(
            await listKeys(view, ""),
            [...names].sort(compareKeys),
            "the names listed once they were written",
          );
          for (const name of names) assertBytes(await readBytes(view, name), textBytes(name), name);
        });
        assertEqual(await listKeys(view, ""), [], "the names listed once they were deleted");
      }
    },
  },
  long("240-bytes", "of 240 bytes, the longest that reaches a driver,", "a"),
  long("240-bytes-unicode", "of 240 bytes in fewer characters", "語"),
];

/** Creates the object, finds it taken, and replaces it. */
async function assertLives(view: Filesystem, key: string): Promise<void> {
  const create = view.capabilities.conditionalCreate ? { ifNotExists: true } : {};
  assertEqual((await view.write(key, textBytes("first"), create)).key, key, "the key that write returns");
  if (create.ifNotExists) await assertRejects(() => view.write(key, textBytes("b"), create), "ALREADY_EXISTS");
  await assertObject(view, key, textBytes("first"));
  await view.write(key, textBytes("renewed"));
  await assertObject(view, key, textBytes("renewed"));
}

function long(id: string, title: string, character: string): ContractCase {
  return {
    id: `keys/${id}`,
    title: `a key ${title} comes back exactly`,
    tier: "fast",
    run: async (context) => {
      const view = context.openUnder(filled("", character, roomForPrefix(context)));
      await deletingAfterwards(view, [filled(context.prefix, character, 200)], async ([key]) => {
        await assertLives(view, key);
        await view.delete(key);
        await assertAbsent(view, key);
      });
    },
  };
}

/** How many bytes a prefix may still add: fewer than 40 if the place itself is behind one. */
function roomForPrefix(context: CaseContext): number {
  const place = context.track(context.namespace.open());
  for (let size = MAX_PREFIX_SIZE; size > 0; size--) {
    try {
      prefixed(place, "p".repeat(size));
      return size;
    } catch {} // too long
  }
  return 0;
}

function filled(start: string, character: string, size: number): string {
  const free = size - Buffer.byteLength(start);
  const each = Buffer.byteLength(character);
  return start + character.repeat(Math.floor(free / each)) + "x".repeat(free % each);
}

/** The suite's own clean-up does not see these keys. */
async function deletingAfterwards<Keys extends readonly string[]>(
  view: Filesystem,
  keys: readonly [...Keys],
  action: (keys: readonly [...Keys]) => Promise<void>,
): Promise<void> {
  try {
    await action(keys);
  } finally {
    await Promise.allSettled(keys.map((key) => view.delete(key)));
  }
}
