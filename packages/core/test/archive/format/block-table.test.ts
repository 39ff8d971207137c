import { constants, deflateRawSync } from "node:zlib";
import { SeededRandom } from "@stowage/test-kit/random";
import { expect, test } from "vitest";
import { bufferReader } from "../../../src/archive/archive-reader.ts";
import { isSequential } from "../../../src/archive/extract/large-content.ts";
import { verifyEntries } from "../../../src/archive/extract/read-contents.ts";
import { BLOCK_SIZE } from "../../../src/archive/format/block-size.ts";
import {
  BLOCK_TABLE_ID,
  BlockTableWriter,
  decodeBlockTable,
  encodeBlockTable,
} from "../../../src/archive/format/block-table.ts";
import { inflateHere } from "../../../src/archive/inflate/inflate.ts";
import { inflatePiece } from "../../../src/archive/inflate/inflate-piece.ts";
import { storedContent } from "../../../src/archive/inflate/stored-content.ts";
import { archiveOf, contentsOf, judged, noSignal } from "../archives.ts";
import { buildZip, extraField } from "../build-zip.ts";
import { directoryOf } from "../trees.ts";

const BLOCK = BLOCK_SIZE;
const random = new SeededRandom(11);

test("a large file that we write can be cut, and says where", async () => {
  const { bytes } = await archiveOf(await directoryOf({ "data.db": random.text(6 * BLOCK + 1), "a.txt": "a" }));
  const { entries } = await judged(bytes);
  const [small, large] = entries;
  if (!small || !large) throw new Error("two entries were written");

  expect(small.blockTable).toBeUndefined();
  expect(isSequential(large)).toBe(false);
  const table = decodeBlockTable(large.blockTable ?? Buffer.alloc(0), large);
  expect(table?.pieceSize).toBe(BLOCK);
  expect(table?.compressedSizes.length).toBe(7);
});

test.each([1, 8, 8.5])("content of %f blocks comes back, whether it deflates or not", async (blocks) => {
  const tree = { "text.db": random.text(blocks * BLOCK), "video.mp4": random.bytes(blocks * BLOCK) };

  const contents = await contentsOf((await archiveOf(await directoryOf(tree))).bytes);

  for (const [name, content] of Object.entries(tree)) expect(contents.get(name)?.equals(content)).toBe(true);
});

test("a table that would be too long has larger pieces, and none if that does not help", () => {
  const written = (blocks: number) => {
    const writer = new BlockTableWriter();
    for (let block = 0; block < blocks; block += 1) writer.add(1000 + random.below(60_000));
    return writer.encode();
  };

  const sizes = [2, 20_000, 40_000].map((blocks) => written(blocks)?.readUInt32LE(0));

  expect(sizes).toEqual([BLOCK, 2 * BLOCK, 4 * BLOCK]);
  expect(written(1)).toBeUndefined();
  expect(written(400_000)).toBeUndefined();
});

test("larger pieces are sums of the smaller ones", () => {
  const writer = new BlockTableWriter();
  const sizes = Array.from({ length: 20_001 }, () => 1000 + random.below(60_000));
  for (const size of sizes) writer.add(size);
  const total = sizes.reduce((sum, size) => sum + size, 0);

  const table = decodeBlockTable(writer.encode() ?? Buffer.alloc(0), {
    size: 20_000 * BLOCK + 1,
    compressedSize: total,
  });

  const inPieces = (table?.pieceSize ?? 0) / BLOCK;
  expect(inPieces).toBeGreaterThan(1);
  const expected = sizes.slice(0, inPieces).reduce((sum, size) => sum + size, 0);
  expect(table?.compressedSizes[0]).toBe(expected);
});

/** One entry whose deflated blocks were cut here, with a table that says something else. */
function cutArchive({ pieces, table }: { pieces: readonly Buffer[]; table: Buffer }): Buffer {
  const content = random.text(6 * BLOCK);
  const data = pieces.length > 0 ? Buffer.concat(pieces) : deflateRawSync(content);
  return buildZip([{ name: "f", content, method: 8, data, extra: extraField(BLOCK_TABLE_ID, table), local: {} }]);
}

const whole = { size: 6 * BLOCK, compressedSize: 600 };
const fitting = { pieceSize: BLOCK, compressedSizes: [100, 100, 100, 100, 100, 100] };

test.each([
  ["nothing", Buffer.alloc(0)],
  ["no deflated data", Buffer.concat([numberOf(BLOCK), Buffer.from("nonsense")])],
  ["other sizes", encodeBlockTable({ ...fitting, compressedSizes: [100, 100, 100, 100, 100, 101] })],
  ["too few pieces", encodeBlockTable({ ...fitting, compressedSizes: [300, 300] })],
  ["too many pieces", encodeBlockTable({ ...fitting, compressedSizes: Array.from({ length: 60 }, () => 10) })],
  ["a piece without bytes", encodeBlockTable({ ...fitting, compressedSizes: [0, 200, 100, 100, 100, 100] })],
  [
    "pieces that are too small",
    encodeBlockTable({
      pieceSize: 60_000,
      compressedSizes: Array.from({ length: 53 }, (_, index) => (index < 17 ? 12 : 11)),
    }),
  ],
  ["pieces of no size", encodeBlockTable({ ...fitting, pieceSize: 0 })],
  ["pieces that are too large", encodeBlockTable({ pieceSize: 9 * BLOCK, compressedSizes: [600] })],
  ["more than its count says", Buffer.concat([numberOf(BLOCK), deflateRawSync(Buffer.alloc(10 * 2 ** 20))])],
])("a table with %s is no table", (_, table) => {
  expect(decodeBlockTable(encodeBlockTable(fitting), whole)).toEqual(fitting);
  expect(decodeBlockTable(table, whole)).toBeUndefined();
});

test("content with a table that does not fit it is read from start to end", async () => {
  const bytes = cutArchive({ pieces: [], table: encodeBlockTable(fitting) });
  const { entries } = await judged(bytes);

  expect(entries.map(isSequential)).toEqual([true]);
  await verifyEntries(bufferReader(bytes), entries, { signal: noSignal });
});

test("a table that cuts in the middle of a block is refused, wherever it cuts", async () => {
  const content = random.text(6 * BLOCK);
  const data = deflateRawSync(content);
  for (let round = 0; round < 20; round += 1) {
    const cuts = Array.from({ length: 5 }, () => 1 + random.below(data.length - 2)).sort((a, b) => a - b);
    const bounds = [0, ...cuts, data.length];
    const compressedSizes = bounds.slice(1).map((end, index) => end - (bounds[index] ?? 0));
    if (compressedSizes.some((size) => size === 0 || size > BLOCK)) continue;
    const table = encodeBlockTable({ pieceSize: BLOCK, compressedSizes });
    const bytes = buildZip([
      { name: "f", content, method: 8, data, extra: extraField(BLOCK_TABLE_ID, table), local: {} },
    ]);
    const { entries } = await judged(bytes);
    expect(entries.map(isSequential)).toEqual([false]);

    const reading = verifyEntries(bufferReader(bytes), entries, { signal: noSignal });

    await expect(reading, `cuts ${cuts}`).rejects.toMatchObject({ code: "INVALID_ARCHIVE" });
  }
});

test("a table that cuts in the middle of a stored block is refused", async () => {
  const [before, stored] = [random.text(BLOCK - 1_000), random.bytes(2_000)];
  const head = Buffer.from([
    1,
    stored.length & 0xff,
    stored.length >> 8,
    ~stored.length & 0xff,
    (~stored.length >> 8) & 0xff,
  ]);
  const start = deflateRawSync(before, { finishFlush: constants.Z_SYNC_FLUSH });
  const data = Buffer.concat([start, head, stored]);
  const sizes = [start.length + head.length + 1_000, 1_000];
  const table = encodeBlockTable({ pieceSize: BLOCK, compressedSizes: sizes });
  const content = Buffer.concat([before, stored]);
  const plan = { name: "f", content, method: 8, data, local: {} };
  await contentsOf(buildZip([plan]));
  const bytes = buildZip([{ ...plan, extra: extraField(BLOCK_TABLE_ID, table) }]);
  const [entry] = (await judged(bytes)).entries;

  expect(entry && decodeBlockTable(entry.blockTable ?? Buffer.alloc(0), entry)).toBeDefined();
  const piece = { bytes: data.subarray(0, sizes[0]), size: BLOCK, isLast: false };
  const reading = entry && inflatePiece(piece, entry, inflateHere);
  await expect(reading).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason: "content-deflate" });
});

test("a stored block that would take the seal along is refused, and content that ends as if it did is not", async () => {
  const [entry] = (await judged(buildZip([{ name: "f", content: "f" }]))).entries;
  if (!entry) throw new Error("no entry");
  const rest = random.bytes(100);
  for (const seal of [32, 48]) {
    const sealHeader = Buffer.from([1, seal, 0, ~seal & 0xff, 0xff]);
    const size = rest.length + sealHeader.length + seal;
    const hostile = Buffer.concat([Buffer.from([1, size, 0, ~size & 0xff, 0xff]), rest]);
    const piece = { bytes: hostile, size: rest.length + sealHeader.length, isLast: false };
    await expect(inflatePiece(piece, entry, inflateHere)).rejects.toMatchObject({ reason: "content-deflate" });

    const content = Buffer.concat([random.text(1_000), sealHeader]);
    const bytes = deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH });
    const honest = await inflatePiece({ bytes, size: content.length, isLast: false }, entry, inflateHere);
    expect(Buffer.concat(honest).equals(content)).toBe(true);
  }
});

test("many tiny stored blocks are left to zlib", () => {
  const tiny = (blocks: number) =>
    Buffer.concat(Array.from({ length: blocks }, () => Buffer.from([0, 0, 0, 0xff, 0xff])));

  expect(storedContent(tiny(60), false)?.length).toBe(60);
  expect(storedContent(tiny(100_000), false)).toBeUndefined();
});

function numberOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
