import assert from "node:assert/strict";
import type { ErrorCode, Filesystem, FilesystemDriver } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertObject, assertRejects, listAll, listKeys, readBytes } from "../../assert/assertions.ts";
import { assertUnchangedBy } from "../../assert/snapshot.ts";
import { textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";
import { begunWrite } from "../open/handles.ts";

/** What an outage can look like. */
export const FAILURES: readonly ErrorCode[] = [
  ...(["UNAVAILABLE", "TIMEOUT", "RATE_LIMITED", "BUCKET_NOT_FOUND", "CONFIG_INVALID", "PERMISSION_DENIED"] as const),
  ...(["UNAUTHENTICATED", "NO_SPACE", "INTERNAL"] as const),
];

export const outageCases: readonly ContractCase[] = [
  {
    id: "errors/outage",
    title:
      "while the storage fails every call of an open handle rejects, none as if an object were missing, and then all is as before",
    tier: "fast",
    needs: ["outage"],
    run: async (context) => {
      const { filesystem, namespace } = context;
      const [there, behind, missing] = [context.key("there"), context.key("there-too"), context.key("missing")];
      await filesystem.write(there, textBytes("old"));
      await filesystem.write(behind, textBytes("on the second page"));
      await assertAbsent(filesystem, missing);
      const listing = filesystem.list({ prefix: context.prefix, pageSize: 1 });
      await listing.next();
      let iterators = 0;
      const counting = context.openThrough((driver) => countingIterators(driver, () => iterators++));
      const begun = await begunWrite(context, filesystem, context.key("begun"));
      await counting.open(); // what opens in an outage may take what it finds for its place
      await assertUnchangedBy(context, async () => {
        const end = (await namespace.outage?.()) ?? assert.fail("no outage");
        try {
          const calls = { ...callsOf(filesystem, there), ...callsOf(filesystem, missing) };
          calls["the next page of an open list"] = () => listing.next();
          calls["the end of a write that was begun before"] = begun.finish;
          calls["a write, whose content is there once"] = () => counting.write(there, textBytes("once"));
          await Promise.all(Object.entries(calls).map(([name, call]) => assertFails(name, call)));
          assert.ok(iterators <= 1, `content is iterated ${iterators} times by a write that fails, promised is once`);
        } finally {
          await end();
        }
      });
      await assertAbsent(filesystem, missing);
      await filesystem.write(missing, textBytes("new"));
      await assertObject(filesystem, missing, textBytes("new"));
      await filesystem.delete(there);
      await filesystem.delete(behind);
      assertEqual(await listKeys(filesystem, context.prefix), [missing], "the keys listed once the outage is over");
    },
  },
];

/** Notes how often the driver begins to read what it is to store: what has been read is not there a second time. */
function countingIterators(driver: FilesystemDriver, note: () => void): FilesystemDriver {
  const counted = (content: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => ({
    [Symbol.asyncIterator]: () => {
      note();
      return content[Symbol.asyncIterator]();
    },
  });
  return wrapDriver(driver, { write: (key, content, options) => driver.write(key, counted(content), options) });
}

async function assertFails(name: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await assertRejects(call, FAILURES);
  } catch (error) {
    assert.fail(`${name} in an outage: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Every call of a filesystem on a key, by what it is. */
function callsOf(filesystem: Filesystem, key: string): Record<string, () => Promise<unknown>> {
  const create = () => filesystem.write(key, textBytes("created"), { ifNotExists: true });
  return {
    [`stat of ${key}`]: () => filesystem.stat(key),
    [`exists of ${key}`]: () => filesystem.exists(key),
    [`read of ${key}`]: () => readBytes(filesystem, key),
    [`read of a range of ${key}`]: () => readBytes(filesystem, key, { start: 1, end: 2 }),
    "list of all": () => listAll(filesystem),
    [`list of ${key} in pages of 1`]: () => listAll(filesystem, { prefix: key, pageSize: 1 }),
    [`write of ${key}`]: () => filesystem.write(key, textBytes("written")),
    [`delete of ${key}`]: () => filesystem.delete(key),
    ...(filesystem.capabilities.conditionalCreate ? { [`create-only write of ${key}`]: create } : {}),
  };
}
