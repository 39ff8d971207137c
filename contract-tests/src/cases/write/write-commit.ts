import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { FileInfo, Filesystem, FilesystemDriver, WriteOptions } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertBytes, assertObject, readBytes } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { aboveOnePart, asynchronously, inChunks, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";

export const writeCommitCases: readonly ContractCase[] = [
  {
    id: "write/returns-all-that-stat-returns",
    title: "write resolves with key, size, version and content type as stat tells them, in parts and create-only too",
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      const { conditionalCreate, contentTypes } = filesystem.capabilities;
      const createOnly = conditionalCreate ? { ifNotExists: true } : {};
      const typed = contentTypes ? { contentType: "application/zip" } : {};
      const attempts: [string, number, WriteOptions][] = [
        ["small", 10, {}],
        ["empty", 0, typed],
        ["created", 20, createOnly],
        ["parts", aboveOnePart(context.partSize), typed],
        ["small", 11, typed],
      ];
      for (const [name, size, options] of attempts) {
        const written = await filesystem.write(context.key(name), context.bytes(size), options);
        const stored = await filesystem.stat(context.key(name));
        assertEqual(
          described(written),
          described(stored),
          `what write returns of the ${name} object, which stat tells too,`,
        );
        if (options.contentType)
          assertEqual(
            written.contentType,
            stored.contentType,
            `the content type that write returns of the ${name} object, which stat tells too,`,
          );
      }
    },
  },
  {
    id: "write/content-type-goes-with-its-object",
    title:
      "an object in parts keeps its content type, and one that another handle writes without does not take over the old one's",
    tier: "fast",
    needs: ["contentTypes"],
    run: async (context) => {
      const { filesystem } = context;
      const key = context.key("a.zip");
      const contentType = "application/x-first";
      await filesystem.write(key, context.bytes(aboveOnePart(context.partSize)), { contentType });
      assertEqual(
        (await filesystem.stat(key)).contentType,
        contentType,
        "the content type that stat returns of an object in parts",
      );
      await context.open().write(key, textBytes("second"));
      assert.notEqual(
        (await filesystem.stat(key)).contentType,
        contentType,
        "the old type is gone with the old object",
      );
    },
  },
  {
    id: "write/leaves-its-source-as-it-is",
    title: "a write does not change or take away the bytes that it is given",
    tier: "fast",
    run: async (context) => {
      for (const size of [1_000, aboveOnePart(context.partSize)]) {
        const bytes = context.bytes(size);
        const copy = Buffer.from(bytes);
        const chunks = [...inChunks(bytes, Math.ceil(size / 5))];
        await context.filesystem.write(context.key("a"), Readable.from(chunks));
        assertBytes(Buffer.concat(chunks), copy, "the source");
        assertBytes(await readBytes(context.filesystem, context.key("a")), copy, "what was stored");
      }
    },
  },
  {
    id: "write-fails/stopped-at-the-commit",
    title:
      "an abort or a close at the commit leaves the old object or the new one, whole, and half a second later the same",
    tier: "fast",
    run: async (context) => {
      const stops = [stopping(context, "abort"), stopping(context, "close")];
      const found = (await Promise.all(stops)).flat();
      await delay(context.lateMs);
      const other = context.open();
      for (const { key, content } of found) {
        const later = (await other.exists(key)) ? await readBytes(other, key) : undefined;
        assertEqual(later, content, `what lies under ${key} half a second after its write was stopped`);
      }
    },
  },
];

function described({ key, size, etag }: FileInfo): Partial<FileInfo> {
  return { key, size, etag };
}

interface Found {
  readonly key: string;
  /** Nothing if the key is free. */
  readonly content: Buffer | undefined;
}

/** Stops writes of a free and of a taken key at the moment at which their content ends, and says what lies there then. */
async function stopping(context: CaseContext, how: "abort" | "close"): Promise<Found[]> {
  const found: Found[] = [];
  for (const old of [undefined, textBytes("old")]) {
    const key = context.key(`${how}-${old ? "taken" : "free"}`);
    if (old) await context.filesystem.write(key, old);
    const next = context.bytes(2_000);
    const outcome = await stoppedWrite(context, { key, content: next, how });
    const content = (await context.filesystem.exists(key)) ? await readBytes(context.filesystem, key) : undefined;
    const isLegal = content ? content.equals(next) || (outcome !== "stored" && old?.equals(content)) : !old;
    assert.ok(isLegal, `after the ${how} the old object or the new one is there, whole`);
    if (outcome === "stored") await assertObject(context.filesystem, key, next);
    found.push({ key, content });
  }
  return found;
}

async function stoppedWrite(
  context: CaseContext,
  { key, content, how }: { key: string; content: Uint8Array; how: "abort" | "close" },
): Promise<string> {
  const controller = new AbortController();
  const stop = how === "abort" ? () => controller.abort(new Error("stop")) : () => void closeIn(filesystem);
  const filesystem = context.openThrough((driver) => callingAtTheEnd(driver, () => stop()));
  const write = filesystem.write(key, asynchronously(inChunks(content, 500)), { signal: controller.signal });
  const outcome = await write.then(
    () => "stored",
    (error) => String(error.code),
  );
  assert.ok(
    ["stored", "ABORTED", "CLOSED"].includes(outcome),
    `the write resolves or tells of the ${how}, not ${outcome}`,
  );
  return outcome;
}

async function closeIn(filesystem: Filesystem): Promise<void> {
  await filesystem.close().catch(() => {}); // closed again when the case is over
}

/** Calls `stop` when the driver is told that the content has ended: the moment at which it commits. */
function callingAtTheEnd(driver: FilesystemDriver, stop: () => void): FilesystemDriver {
  async function* stoppable(content: AsyncIterable<Uint8Array>) {
    yield* content;
    stop();
  }
  return wrapDriver(driver, { write: (key, content, options) => driver.write(key, stoppable(content), options) });
}
