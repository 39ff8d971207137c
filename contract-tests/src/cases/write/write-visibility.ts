import assert from "node:assert/strict";
import type { WriteOptions } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertObject, assertSameInfo, listAll, readBytes } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { aboveOnePart, asynchronously, inChunks, KIB, nextTurn, pausedContent } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { assertWholeWhile } from "./watch-commits.ts";

/** The most reads of each reader beside one write, so that a slow write is not watched without end. */
const READS = 4;

/** The sizes of objects that are watched while they appear, in KiB. Some drivers have another way for what is small and known. */
const APPEARING = { streamed: [300, 301, 20], known: [40, 21, 22, 23] } as const;
const DECLARED = [(size: number) => ({ size }), (size: number) => ({ sizeBound: size + 1 })] as const;

export const writeVisibilityCases: readonly ContractCase[] = [
  {
    id: "write/invisible-until-committed",
    title: "until a write commits, stat, read and list see nothing of it",
    tier: "fast",
    run: async (context) => {
      const other = context.open();
      await whileWriting(context, { size: 100 * KIB }, async () => {
        await assertAbsent(context.filesystem, context.key("a"));
        await assertAbsent(other, context.key("a"));
      });
    },
  },
  {
    id: "write/invisible-until-committed-in-parts",
    title: "until a write in parts commits, stat, read and list see nothing of it",
    tier: "fast",
    needs: ["parts"],
    run: async (context) => {
      await whileWriting(context, { size: aboveOnePart(context.partSize) }, async () => {
        await assertAbsent(context.filesystem, context.key("a"));
      });
    },
  },
  {
    id: "write/old-object-until-committed",
    title: "until an overwrite commits, the old object is whole and its time is unchanged",
    tier: "fast",
    run: async (context) => {
      const old = context.bytes(1_000);
      const info = await context.filesystem.write(context.key("a"), old);
      await context.settle(); // a time taken anew shows only once the clock has moved
      await whileWriting(context, { size: aboveOnePart(context.partSize), old }, async () => {
        await assertObject(context.filesystem, context.key("a"), old);
        assertSameInfo(context.filesystem, await context.filesystem.stat(context.key("a")), info);
      });
    },
  },
  {
    id: "write/no-temporary-name-is-listed",
    title: "no list shows a temporary name while a write is under way",
    tier: "fast",
    run: async (context) => {
      await context.filesystem.write(context.key("b"), context.bytes(10));
      const base = context.track(context.namespace.open());
      const before = await listAll(base);
      await whileWriting(context, { size: aboveOnePart(context.partSize) }, async () => {
        assertEqual(await listAll(base), before, "what is listed while a write is under way, as before it");
      });
    },
  },
  {
    id: "write/seen-at-once",
    title: "once a write resolves, every handle sees the new object, in an open list too",
    tier: "fast",
    run: async (context) => {
      const other = context.open();
      await other.open();
      for (const size of [10, 20, context.partSize + 10, 5]) {
        const bytes = context.bytes(size);
        await context.filesystem.write(context.key("a"), bytes);
        await assertObject(other, context.key("a"), bytes);
      }
    },
  },
  {
    id: "write/appears-at-once",
    title:
      "new objects and overwrites appear as a whole: no handle sees half of one, or one without its content type, by stat, list or read",
    tier: "fast",
    run: async (context) => {
      const { conditionalCreate, contentTypes } = context.filesystem.capabilities;
      const contentType = contentTypes ? "application/x-watched" : undefined;
      for (const [name, sizes] of Object.entries(APPEARING)) {
        const versions = sizes.map((kib) => context.bytes(kib * KIB));
        for (const [index, bytes] of versions.entries()) {
          const ifNotExists = conditionalCreate && index === 0;
          const declared = name === "known" ? DECLARED[index % DECLARED.length]?.(bytes.length) : {};
          const options = { ...declared, contentType, ...(ifNotExists && { ifNotExists }) };
          await writeWatched(context, { name, bytes, old: versions[index - 1], contentType, options });
        }
      }
    },
  },
  {
    id: "write/readers-see-one-version",
    title: "readers beside 20 overwrites each see one version, whole",
    tier: "fast",
    run: async (context) => {
      const versions = [Buffer.alloc(150 * KIB, "A"), Buffer.alloc(100 * KIB, "B")] as const;
      await context.filesystem.write(context.key("a"), versions[0]);
      let isWriting = true;
      let turns = 1;
      const reader = async () => {
        const filesystem = context.open();
        for (let count = 0; isWriting; ) {
          const mayRead = count < READS * turns;
          if (mayRead) assertOneVersion(await readVersion(context, filesystem), versions);
          if (mayRead) count++;
          await nextTurn(); // or a driver that keeps all in memory never lets the writer in
        }
      };
      const writer = async () => {
        try {
          for (; turns <= 20; turns++) {
            const bytes = versions[turns % 2] ?? versions[0];
            await context.filesystem.write(context.key("a"), asynchronously(inChunks(bytes, 10 * KIB)));
          }
        } finally {
          isWriting = false;
        }
      };
      await Promise.all([writer(), reader(), reader()]);
    },
  },
];

/** Writes `size` bytes to the key "a", checks while all of them are sent but not ended, and watches the write succeed. */
function whileWriting(
  context: CaseContext,
  { size, old }: { size: number; old?: Uint8Array },
  check: () => Promise<void>,
): Promise<void> {
  return writeWatched(context, { name: "a", bytes: context.bytes(size), old, check });
}

interface WatchedWrite {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What lies there. */
  readonly old?: Uint8Array | undefined;
  /** Of the old one too. */
  readonly contentType?: string | undefined;
  readonly options?: WriteOptions;
  readonly check?: () => Promise<void>;
}

/** Watches the key from the moment on at which the content ends. */
async function writeWatched(context: CaseContext, watched: WatchedWrite): Promise<void> {
  const { name, bytes, old, contentType, options = {}, check } = watched;
  const key = context.key(name);
  const { content, taken, finish } = pausedContent(inChunks(bytes, Math.ceil(bytes.length / 8)));
  const write = context.filesystem.write(key, content, options);
  write.catch(() => {}); // awaited below, unless the check fails first
  const commit = async () => {
    finish();
    await write;
  };
  try {
    await Promise.race([taken, write.then(() => assert.fail("the write resolves before its content ends"))]);
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    await check?.();
    const versions = old ? [old, bytes] : [bytes];
    await assertWholeWhile(context, { key, versions, isNew: !old, contentType }, commit);
  } finally {
    finish();
    await write.catch(() => {});
  }
  await assertObject(context.filesystem, key, bytes);
}

/** A read beside an overwrite may fail with a typed error that is worth a retry, but never mix. */
async function readVersion(context: CaseContext, filesystem: CaseContext["filesystem"]): Promise<Buffer | undefined> {
  try {
    return await readBytes(filesystem, context.key("a"));
  } catch (error) {
    assert.notEqual((error as { code?: unknown }).code, "NOT_FOUND", "an overwritten object is never missing");
    assertEqual(
      (error as { retryable?: unknown }).retryable,
      true,
      `whether a read beside an overwrite that fails is worth a retry (${String(error)})`,
    );
    return undefined;
  }
}

function assertOneVersion(found: Buffer | undefined, versions: readonly Buffer[]): void {
  if (!found) return;
  assert.ok(
    versions.some((version) => version.equals(found)),
    `${found.length} bytes are of one version, not a mixture`,
  );
}
