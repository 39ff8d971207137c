import type { Filesystem, FilesystemDriver } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import {
  assertAbsent,
  assertBytes,
  assertObject,
  assertRejects,
  assertSameInfo,
  readBytes,
} from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { inChunks, KIB, MIB, pausedContent, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";

/** More than a test should send to see what becomes of a part. */
const MOST_BYTES = 8 * MIB;
/** The last one comes at the commit. */
const CHUNK_SIZE = 16 * KIB;

/** What one handle was told before another one changed it. */
export const handleCases: readonly ContractCase[] = [
  {
    id: "open/absence-is-not-remembered",
    title: "a handle that found no object finds it as soon as another handle has written it",
    tier: "fast",
    run: async (context) => {
      const [asking, writing] = [context.open(), context.open()];
      const [key, deleted, again] = [context.key("a"), context.key("b"), context.key("c")];
      await asking.write(again, textBytes("once"));
      await asking.delete(again);
      await writing.write(again, textBytes("again"));
      await assertObject(asking, again, textBytes("again"));
      await asking.delete(deleted);
      await assertAbsent(asking, key); // and no change by this handle behind it, which could make it forget
      await writing.write(key, textBytes("here"));
      await assertObject(asking, key, textBytes("here"));
      assertEqual(await asking.exists(key), true, "whether a key exists that another handle has written");
      await writing.delete(key);
      await assertAbsent(asking, key);
      await writing.write(key, textBytes("again"));
      await assertObject(asking, key, textBytes("again"));
      await writing.write(deleted, textBytes("deleted again"));
      await asking.delete(deleted);
      await assertAbsent(writing, deleted);
      if (!asking.capabilities.conditionalCreate) return;
      const create = () => asking.write(key, textBytes("mine"), { ifNotExists: true });
      await assertRejects(create, "ALREADY_EXISTS");
    },
  },
  {
    id: "open/presence-is-not-remembered",
    title: "a handle that saw an object sees at once that another handle has replaced or deleted it",
    tier: "fast",
    run: async (context) => {
      const [asking, writing, key] = [context.open(), context.open(), context.key("a")];
      await writing.write(key, textBytes("short"));
      await assertObject(asking, key, textBytes("short"));
      await assertRejects(() => asking.read(key, { start: 10 }), "RANGE_NOT_SATISFIABLE");
      const longer = context.bytes(1_000);
      const written = await writing.write(key, longer);
      assertBytes(await readBytes(asking, key, { start: 10, end: 20 }), longer.subarray(10, 20), "the new range");
      await assertObject(asking, key, longer);
      assertSameInfo(asking, await asking.stat(key), written);
      const same = context.bytes(1_000);
      await writing.write(key, same);
      assertBytes(await readBytes(asking, key), same, "content of the same size");
      const create = () => asking.write(key, textBytes("mine"), { ifNotExists: true });
      const { conditionalCreate } = asking.capabilities;
      if (conditionalCreate) await assertRejects(create, "ALREADY_EXISTS");
      await writing.delete(key);
      await assertAbsent(asking, key);
      if (conditionalCreate) await create();
    },
  },
  {
    id: "open/handles-live-apart",
    title: "a handle that opens or closes disturbs no other one, nor what that one is writing",
    tier: "fast",
    run: async (context) => {
      const [leaving, staying] = [context.open(), context.open()];
      await leaving.write(context.key("left"), textBytes("left"));
      await staying.open();
      const { bytes, finish } = await begunWrite(context, staying, context.key("a"));
      await context.open().stat(context.key("left"));
      await leaving.close();
      await finish();
      await assertObject(staying, context.key("a"), bytes);
      await assertObject(context.open(), context.key("left"), textBytes("left"));
    },
  },
  {
    id: "open/shows-nothing",
    title: "no page of a driver shows anything of a handle that opens or closes beside it",
    tier: "fast",
    run: async (context) => {
      const { driver } = context.filesystem;
      await context.filesystem.open();
      const handle = context.open();
      await assertEmptyUntil(driver, handle.open());
      await assertEmptyUntil(driver, handle.close());
    },
  },
];

/** Starts a write of which all bytes are sent but the last chunk, and which waits for `finish` before it commits. */
export async function begunWrite(
  context: CaseContext,
  filesystem: Filesystem,
  key: string,
): Promise<{ readonly bytes: Uint8Array; finish(): Promise<unknown> }> {
  const { partSize = 0 } = filesystem.capabilities.limits;
  const parts = context.hasSmallParts ? 2 : 1; // some drivers begin an upload only with the second
  const bytes = context.bytes(2 * CHUNK_SIZE + (partSize > MOST_BYTES ? 0 : parts * partSize));
  const { content, taken, finish } = pausedContent(inChunks(bytes, CHUNK_SIZE));
  const write = filesystem.write(key, content);
  write.catch(() => {}); // awaited by finish
  await Promise.race([taken, write]);
  return {
    bytes,
    finish: () => {
      finish();
      return write;
    },
  };
}

/** Lists all there is, again and again, until `call` has settled, and once more. Of the driver: `Filesystem` hides some names. */
async function assertEmptyUntil(driver: FilesystemDriver, call: Promise<void>): Promise<void> {
  const { signal } = new AbortController();
  let isOver = false;
  const over = call.finally(() => {
    isOver = true;
  });
  over.catch(() => {}); // awaited below
  for (let isLast = false; !isLast; ) {
    isLast = isOver;
    const { files } = await driver.list({ prefix: "", limit: 10, signal });
    assertEqual(
      files.map(({ key }) => key),
      [],
      "the keys listed in a place without an object while others open and close it",
    );
  }
  await over;
}
