import assert from "node:assert/strict";
import type { Filesystem } from "@stowage/core";
import { assertAbsent, assertObject, assertRejects, listKeys } from "../assertions.ts";
import type { CaseContext } from "../case-context.ts";
import { textBytes } from "../content.ts";
import type { ContractCase } from "../contract-case.ts";

/** How the keys start under which this library keeps its lock. */
const LOCK = ".stowage-lock.";
/** As many bytes as a prefix may add. */
const LONGEST_START = 40;

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
          assert.deepEqual(await listKeys(view, context.prefix, 1), [one, other], "both are listed, page by page");
          const all = (await listKeys(context.openUnder("."), "")).filter((key) => key.endsWith(one));
          assert.equal(all.length, 1, "a list of all keys that start with a dot shows it");
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
          assert.deepEqual(found, others, `pages of ${pageSize}`);
        }
      });
    },
  },
  long("240-bytes", "of 240 bytes, the longest that reaches a driver,", "p".repeat(LONGEST_START), "a"),
  long("240-bytes-unicode", "of 240 bytes in fewer characters", `${"語".repeat(13)}p`, "語"),
];

/** Creates the object, finds it taken, and replaces it. */
async function assertLives(view: Filesystem, key: string): Promise<void> {
  const create = view.capabilities.conditionalCreate ? { ifNotExists: true } : {};
  assert.equal((await view.write(key, textBytes("first"), create)).key, key, "write returns the key");
  if (create.ifNotExists) await assertRejects(() => view.write(key, textBytes("b"), create), "ALREADY_EXISTS");
  await assertObject(view, key, textBytes("first"));
  await view.write(key, textBytes("renewed"));
  await assertObject(view, key, textBytes("renewed"));
}

function long(id: string, title: string, start: string, character: string): ContractCase {
  return {
    id: `keys/${id}`,
    title: `a key ${title} comes back exactly`,
    tier: "fast",
    run: async (context) => {
      const view = context.openUnder(start);
      await deletingAfterwards(view, [keyOf200Bytes(context, character)], async ([key]) => {
        await assertLives(view, key);
        await view.delete(key);
        await assertAbsent(view, key);
      });
    },
  };
}

function keyOf200Bytes({ prefix }: CaseContext, character: string): string {
  const size = Buffer.byteLength(character);
  const free = 200 - prefix.length;
  return prefix + character.repeat(Math.floor(free / size)) + "x".repeat(free % size);
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
