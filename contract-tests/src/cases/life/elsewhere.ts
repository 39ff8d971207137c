import assert from "node:assert/strict";
import type { Filesystem } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertObject, listKeys } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import type { Elsewhere } from "../../case/elsewhere.ts";
import { begunWrite } from "../open/handles.ts";

const WRITERS = 8;
const KEYS = 6;

/** What two processes do with one place. The other one knows no prefix. */
export const elsewhereCases: readonly ContractCase[] = [
  {
    id: "open/processes-share-objects",
    title: "another process sees what was written here at once, and the other way round, and ends when it has closed",
    tier: "fast",
    needs: ["elsewhere"],
    run: (context) =>
      withElsewhere(context, async (here, there) => {
        const key = context.key("a");
        await assertAbsent(here, key);
        assertEqual(await there.read(key), undefined, "what the other process reads under a free key");
        assertEqual(
          await there.write([{ key, text: "from there" }]),
          ["stored"],
          "what becomes of a write in the other process",
        );
        await assertObject(here, key, textBytes("from there"));
        assertEqual(await listKeys(here, context.prefix), [key], "the keys listed here after a write there");
        await here.write(key, textBytes("from here, and longer"));
        assertEqual(
          String(await there.read(key)),
          "from here, and longer",
          "what the other process reads after an overwrite here",
        );
        await there.delete(key);
        await assertAbsent(here, key);
        await here.write(key, textBytes("from here again"));
        assertEqual(
          await there.list(context.prefix),
          [key],
          "the keys that the other process lists after a write here",
        );
      }),
  },
  {
    id: "open/processes-live-apart",
    title: "another process that opens the place, uses it and closes it disturbs nothing that is written here",
    tier: "fast",
    needs: ["elsewhere"],
    run: async (context) => {
      const filesystem = context.track(context.namespace.open());
      const key = context.key("a");
      const { bytes, finish } = await begunWrite(context, filesystem, key);
      await withElsewhere(context, async (_, there) => {
        await there.write([{ key: context.key("b"), text: "from there" }]);
        await withElsewhere(context, (_, third) => writeAtOnce(context, there, third));
      });
      await finish();
      await assertObject(filesystem, key, bytes);
      await filesystem.delete(key);
    },
  },
  {
    id: "create/race-over-processes",
    title: "of create-only writers in two processes exactly one wins each key",
    tier: "fast",
    needs: ["elsewhere", "conditionalCreate"],
    run: (context) =>
      withElsewhere(context, async (here, there) => {
        await there.list(context.prefix); // it is open by now
        await here.open();
        for (let round = 0; round < 2; round++) await race(here, there, context.key(`${round}`));
      }),
  },
];

async function withElsewhere(
  context: CaseContext,
  run: (here: Filesystem, there: Elsewhere) => Promise<void>,
): Promise<void> {
  const there = (await context.namespace.elsewhere?.()) ?? assert.fail("no elsewhere");
  const here = context.track(context.namespace.open());
  try {
    await run(here, there);
  } finally {
    await there.close();
    for (const key of await listKeys(here, context.prefix)) await here.delete(key);
  }
}

/** Each process is new, and counts what it does from its start. */
async function writeAtOnce(context: CaseContext, ...processes: readonly Elsewhere[]): Promise<void> {
  await Promise.all(processes.map((there) => there.list(context.prefix))); // they are open by now
  const writes = processes.map((_, process) =>
    Array.from({ length: WRITERS }, (_, index) => ({
      key: context.key(`${process}-${index}`),
      text: `process ${process}, object ${index}. `.repeat(200),
    })),
  );
  const outcomes = await Promise.all(processes.map((there, index) => there.write(writes[index] ?? [])));
  assertEqual(
    new Set(outcomes.flat()),
    new Set(["stored"]),
    "what becomes of writes of two processes at once, each to a key of its own",
  );
  const here = context.track(context.namespace.open());
  for (const { key, text } of writes.flat()) await assertObject(here, key, textBytes(text));
}

async function race(here: Filesystem, there: Elsewhere, prefix: string): Promise<void> {
  const keys = Array.from({ length: KEYS }, (_, index) => `${prefix}-${index}`);
  const writesOf = (where: string) =>
    keys.flatMap((key) =>
      Array.from({ length: WRITERS }, (_, index) => ({
        key,
        text: `${where} ${index} `.repeat(200),
        ifNotExists: true,
      })),
    );
  const [far, near] = [writesOf("there"), writesOf("here")];
  const tryHere = ({ key, text }: { key: string; text: string }) =>
    here.write(key, textBytes(text), { ifNotExists: true }).then(
      () => "stored",
      (error) => String(error.code),
    );
  const outcomes = (await Promise.all([there.write(far), Promise.all(near.map(tryHere))])).flat();
  const writes = [...far, ...near];
  for (const key of keys) {
    const own = writes.flatMap((write, index) => (write.key === key ? [{ ...write, outcome: outcomes[index] }] : []));
    const winners = own.filter(({ outcome }) => outcome === "stored");
    assertEqual(winners.length, 1, `how many of ${own.length} create-only writers in two processes store ${key}`);
    const losses = own.filter(({ outcome }) => outcome === "ALREADY_EXISTS");
    assertEqual(losses.length, own.length - 1, "how many of the others are told ALREADY_EXISTS");
    await assertObject(here, key, textBytes(winners[0]?.text ?? ""));
  }
}
