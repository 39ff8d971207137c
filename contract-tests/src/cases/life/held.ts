import type { Filesystem, FilesystemDriver } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertRejects, listAll, readBytes } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { asynchronously, inChunks, KIB, stalledStream, textBytes, thenThrow } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { assertNoGrowth, assertReleased, countDescriptors } from "../../case/held-resources.ts";
import { besideSubFolder } from "../../case/sub-folder.ts";

const SIZE = 70 * KIB;

/** What is done again and again, and must not hold more each time. */
const ROUNDS: Readonly<Record<string, { title: string; round: Round }>> = {
  "read-to-the-end": {
    title: "content that is read to its end",
    round: async (filesystem, key) => void (await readBytes(filesystem, key)),
  },
  "range-read-to-the-end": {
    title: "a range that is read to its end",
    round: async (filesystem, key) => void (await readBytes(filesystem, key, { start: 10, end: 60 * KIB })),
  },
  "range-left-early": {
    title: "a range that is left after its first chunk",
    round: async (filesystem, key) => {
      const { content } = await filesystem.read(key, { start: 1, end: SIZE - 1 });
      for await (const _ of content) break;
    },
  },
  "read-refused": {
    title: "a read of a missing key, and a range behind the object's end",
    round: async (filesystem, key) => {
      await assertRejects(() => filesystem.read(`${key}-missing`), "NOT_FOUND");
      await assertRejects(() => filesystem.read(key, { start: SIZE }), "RANGE_NOT_SATISFIABLE");
    },
  },
  "read-into-memory": {
    title: "a range that is read into memory, and one that ends too early for it",
    round: async (filesystem, key) => {
      await filesystem.readInto(Buffer.alloc(100), key, { start: 5 });
      await assertRejects(() => filesystem.readInto(Buffer.alloc(100), key, { start: SIZE - 10 }), "SIZE_MISMATCH");
    },
  },
  write: {
    title: "a write",
    round: async (filesystem, key) => void (await filesystem.write(`${key}-2`, asynchronously([textBytes("a")]))),
  },
  "failed-write": {
    title: "a write whose source fails, is short, or is aborted",
    round: async (filesystem, key) => {
      const chunks = [textBytes("one"), textBytes("two"), textBytes("three")];
      const failing = thenThrow(chunks, new Error("no more"));
      await assertRejects(() => filesystem.write(`${key}-3`, failing), "SOURCE_UNREADABLE");
      await assertRejects(() => filesystem.write(`${key}-3`, chunks, { size: 12 }), "SIZE_MISMATCH");
      const controller = new AbortController();
      const write = filesystem.write(`${key}-3`, stalledStream(chunks), { signal: controller.signal });
      setImmediate(() => controller.abort(new Error("never mind")));
      await assertRejects(() => write, "ABORTED");
    },
  },
  "list-left-early": {
    title: "a list that is left early or read to its end, or a read that is aborted before it begins",
    round: async (filesystem, key) => {
      for await (const _ of filesystem.list({ prefix: key, pageSize: 1 })) break;
      await listAll(filesystem, { prefix: key });
      const { signal } = new AbortController();
      await filesystem.stat(key, { signal });
      await assertGivenUp(filesystem.driver, key);
    },
  },
};

/** Those of them that leave most undone. */
const BEFORE_CLOSE = ["range-left-early", "read-refused", "failed-write", "list-left-early"];

type Round = (filesystem: Filesystem, key: string) => Promise<void>;

export const heldCases: readonly ContractCase[] = [
  ...Object.entries(ROUNDS).map(([id, { title, round }]) => released(id, title, round)),
  {
    id: "life/lost-create-gives-back",
    title: "a create-only write that loses, again and again, gives back what it held",
    tier: "fast",
    needs: ["conditionalCreate"],
    isExclusive: true,
    run: (context) =>
      assertRounds(context, async (filesystem, key) => {
        const write = () => filesystem.write(key, textBytes("late"), { ifNotExists: true });
        await assertRejects(write, "ALREADY_EXISTS");
      }),
  },
  {
    id: "life/folder-read-gives-back",
    title: "a read of a sub-folder or a link, which is no object, gives back what it opened, again and again",
    tier: "fast",
    needs: ["directory"],
    isExclusive: true,
    run: (context) =>
      besideSubFolder(context, (others) =>
        assertNoGrowth(context, async () => {
          for (const other of others) await assertRejects(() => context.filesystem.read(other), "NOT_FOUND");
        }),
      ),
  },
  {
    id: "life/close-gives-back",
    title: "close gives back descriptors, sockets and timers, whatever calls and aborted opens came before it",
    tier: "fast",
    isExclusive: true,
    run: async (context) => {
      await closeAfterAll(context);
      const before = { descriptors: countDescriptors(), resources: process.getActiveResourcesInfo().length };
      const listeners = countProcessListeners();
      for (let turn = 0; turn < 6; turn++) await closeAfterAll(context);
      await assertReleased(
        context,
        () => countDescriptors() - before.descriptors < 5,
        "descriptors of closed filesystems",
      );
      const isReleased = () => process.getActiveResourcesInfo().length - before.resources < 5;
      await assertReleased(context, isReleased, "sockets and timers of closed filesystems");
      await assertReleased(context, () => countProcessListeners() - listeners < 5, "listeners of the process");
    },
  },
];

/** `Filesystem` does not even ask with a signal that is aborted, but it may abort as early as that. */
async function assertGivenUp(driver: FilesystemDriver, key: string): Promise<void> {
  const signal = AbortSignal.abort(new Error("never mind"));
  const found = await driver.read(key, { signal }).catch(() => undefined);
  await found?.content[Symbol.asyncIterator]().return?.();
}

/** Each keeps what it closes over, for good. */
function countProcessListeners(): number {
  return process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
}

function released(id: string, title: string, round: Round): ContractCase {
  return {
    id: `life/${id}-gives-back`,
    title: `${title}, again and again, gives back descriptors, sockets and timers`,
    tier: "fast",
    isExclusive: true,
    run: (context) => assertRounds(context, round),
  };
}

async function assertRounds(context: CaseContext, round: Round): Promise<void> {
  const { filesystem } = context;
  const key = context.key("a");
  await filesystem.write(key, context.bytes(SIZE));
  await filesystem.write(`${key}-1`, textBytes("a"));
  await assertNoGrowth(context, () => round(filesystem, key));
  assertEqual((await filesystem.stat(key)).size, SIZE, "the size that stat returns after all those calls");
}

/** Uses a filesystem in each way, some of them not to their end, and closes it. Not a view of one: closing that closes nothing. */
async function closeAfterAll(context: CaseContext): Promise<void> {
  const { driver } = context.namespace.open();
  await isOpened(driver);
  await driver.close();
  const filesystem = await openedAtTheSecondTry(context);
  const key = context.key("a");
  await filesystem.write(key, context.bytes(SIZE));
  for (const id of BEFORE_CLOSE) await ROUNDS[id]?.round(filesystem, key);
  await filesystem.read(key);
  const write = filesystem.write(`${key}-4`, stalledStream(inChunks(context.bytes(3_000), 1_000)));
  write.catch(() => {}); // it is closed away
  await filesystem.delete(key);
  await filesystem.close();
  await assertRejects(() => write, "CLOSED");
}

/** A handle whose driver was asked to open, and stopped. */
async function openedAtTheSecondTry({ namespace }: CaseContext): Promise<Filesystem> {
  const filesystem = namespace.open();
  if (!(await isOpened(filesystem.driver))) return filesystem;
  await filesystem.driver.close();
  return namespace.open();
}

/** Whether the driver opens although the signal says no. */
function isOpened(driver: FilesystemDriver): Promise<boolean> {
  return driver.open({ signal: AbortSignal.abort(new Error("never mind")) }).then(
    () => true,
    () => false,
  );
}
