import { SeededRandom } from "@stowage/test-kit/random";
import { expect, test } from "vitest";
import { StowageError } from "../../../src/errors.ts";
import { archiveOf, contentsOf } from "../archives.ts";
import { buildZip, DESCRIPTOR, descriptorOf, UTF8 } from "../build-zip.ts";
import { directoryOf } from "../trees.ts";

const ROUNDS = 3000;
const SEED = 20_240_607;

test(`${ROUNDS} damaged archives are refused or read without a wrong byte (seed ${SEED})`, async () => {
  const random = new SeededRandom(SEED);
  const originals = await validArchives(random);
  const outcomes = { refused: 0, intact: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const { bytes, contents } = originals[random.below(originals.length)] ?? {
      bytes: Buffer.alloc(0),
      contents: new Map(),
    };
    const outcome = await contentsOf(damaged(bytes, random)).catch((error: unknown) => error);
    if (outcome instanceof Map) {
      for (const [name, content] of outcome)
        expect([round, name, isKnown(contents, content)]).toEqual([round, name, true]);
      outcomes.intact += 1;
      continue;
    }
    expect([round, outcome instanceof StowageError ? outcome.code : outcome]).toEqual([round, "INVALID_ARCHIVE"]);
    outcomes.refused += 1;
  }
  expect(outcomes.refused).toBeGreaterThan(ROUNDS / 2);
  expect(outcomes.intact).toBeGreaterThan(0);
});

interface Original {
  readonly bytes: Buffer;
  readonly contents: ReadonlyMap<string, Buffer>;
}

async function validArchives(random: SeededRandom): Promise<Original[]> {
  const root = await directoryOf({ "a.txt": random.text(900), "b/c.bin": random.bytes(300), "b/d/": "", "e.txt": "" });
  const large = await directoryOf({ "large.db": random.text(600_000), "z.txt": "z" });
  const text = random.text(500);
  const streamed = {
    flags: UTF8 | DESCRIPTOR,
    method: 8,
    local: { crc32: 0, size: 0, compressedSize: 0 },
    descriptor: descriptorOf(text, { method: 8 }),
  };
  const all = [
    (await archiveOf(root)).bytes,
    (await archiveOf(large)).bytes,
    buildZip(
      [
        { name: "streamed", content: text, ...streamed },
        { name: "stored", content: random.bytes(99) },
      ],
      { zip64: {} },
    ),
  ];
  return Promise.all(all.map(async (bytes) => ({ bytes, contents: await contentsOf(bytes) })));
}

/** Flips bits, overwrites or removes bytes; mostly near the end, where the headers are. */
function damaged(original: Buffer, random: SeededRandom): Buffer {
  const bytes = Buffer.from(original);
  const reach = random.below(3) === 0 ? bytes.length : Math.min(bytes.length, 400);
  for (let count = random.below(3); count >= 0; count -= 1) {
    const position = bytes.length - 1 - random.below(reach);
    const byte = bytes[position] ?? 0;
    bytes[position] = random.below(2) === 0 ? byte ^ (1 << random.below(8)) : random.below(256);
  }
  const kind = random.below(8);
  if (kind === 0) return bytes.subarray(0, random.below(bytes.length));
  if (kind > 1) return bytes;
  const start = random.below(bytes.length);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + random.below(40))]);
}

/** Names and times carry no checksum, so a changed name may come through; the bytes below it may not have changed. */
function isKnown(contents: ReadonlyMap<string, Buffer>, content: Buffer): boolean {
  return [...contents.values()].some((known) => known.equals(content));
}
