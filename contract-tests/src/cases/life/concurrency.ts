import assert from "node:assert/strict";
import type { SignalOption } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertBytes, assertObject, listKeys, readBytes } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { asynchronously, inChunks, KIB, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";

const NAMES = ["a", "a.b", "b", "é"] as const;

export const concurrencyCases: readonly ContractCase[] = [
  {
    id: "concurrency/distinct-keys",
    title: "16 writers on 16 keys each store their own bytes",
    tier: "fast",
    run: async (context) => {
      const handles = [context.filesystem, context.open()] as const;
      const contents = new Map(
        Array.from({ length: 16 }, (_, index) => [`${index + 100}`, context.bytes(3_000 + index)]),
      );
      const write = ([name, bytes]: [string, Buffer], index: number) =>
        (handles[index % 2] ?? handles[0]).write(context.key(name), asynchronously(inChunks(bytes, 1_000)));
      await Promise.all([...contents].map(write));
      for (const [name, bytes] of contents) {
        assertBytes(await readBytes(context.filesystem, context.key(name)), bytes, `the object ${name}`);
      }
      assertEqual((await listKeys(context.filesystem, context.prefix)).length, 16, "the keys listed after 16 writes");
    },
  },
  {
    id: "concurrency/one-key",
    title: "of 12 writers on one key the object is exactly one's, and each is told what it wrote",
    tier: "fast",
    run: async (context) => {
      const handles = [context.filesystem, context.open()] as const;
      const size = (index: number) => (index % 6 === 0 ? context.partSize + 1_000 : 20 * KIB) + index;
      const contents = Array.from({ length: 12 }, (_, index) => Buffer.alloc(size(index), index));
      const infos = await Promise.all(
        contents.map((bytes, index) =>
          (handles[index % 2] ?? handles[0]).write(context.key("a"), asynchronously(inChunks(bytes, 10 * KIB))),
        ),
      );
      assertEqual(
        infos.map((info) => info.size),
        contents.map((bytes) => bytes.length),
        "the sizes that the writes of one key return",
      );
      const found = await readBytes(context.filesystem, context.key("a"));
      assert.ok(
        contents.some((bytes) => bytes.equals(found)),
        "the object is one of those written",
      );
      await assertObject(context.open(), context.key("a"), found);
    },
  },
  {
    id: "concurrency/aborted-apart",
    title: "of two equal calls at once on one handle an abort stops the one that it was meant for",
    tier: "fast",
    run: async ({ filesystem, prefix }) => {
      await filesystem.write(`${prefix}a`, textBytes("a"));
      const calls: readonly ((options: SignalOption) => Promise<unknown>)[] = [
        (options) => filesystem.stat(`${prefix}a`, options),
        (options) => filesystem.list({ prefix, ...options }).next(),
        async (options) => (await filesystem.read(`${prefix}a`, options)).content.destroy(),
      ];
      for (const call of calls) {
        const controller = new AbortController();
        const stopped = call({ signal: controller.signal }).catch(({ code }) =>
          assertEqual(code, "ABORTED", "the code of the call that was aborted beside one that goes on"),
        );
        const going = call({});
        controller.abort(new Error("only this one"));
        await Promise.all([stopped, going]);
      }
    },
  },
  {
    id: "concurrency/legal-outcomes",
    title:
      "random writes and deletes at once leave under each key one of the values written, or nothing if it was deleted",
    tier: "fast",
    run: async (context) => {
      for (let round = 0; round < 2; round++) await parallelRound(context);
    },
  },
];

async function parallelRound(context: CaseContext): Promise<void> {
  const handles = [context.filesystem, context.open()] as const;
  const outcomes = new Map(NAMES.map((name) => [context.key(name), [] as (Buffer | undefined)[]]));
  const calls = Array.from({ length: 24 }, async () => {
    const key = context.key(context.random.pick(NAMES));
    const bytes = context.random.below(3) === 0 ? undefined : context.bytes(1 + context.random.below(5_000));
    outcomes.get(key)?.push(bytes);
    const handle = context.random.pick(handles);
    if (bytes) await handle.write(key, asynchronously(inChunks(bytes, 1_000)));
    else await handle.delete(key);
  });
  await Promise.all(calls);
  for (const [key, legal] of outcomes) {
    if (legal.length === 0) continue;
    const found = (await context.filesystem.exists(key)) ? await readBytes(context.filesystem, key) : undefined;
    assert.ok(
      legal.some((bytes) => (found && bytes ? bytes.equals(found) : bytes === found)),
      `${key} has a legal value`,
    );
  }
}
