import { deflateRawSync } from "node:zlib";
import { SeededRandom } from "@stowage/test-kit/random";
import { expect, test } from "vitest";
import { bufferReader } from "../../../src/archive/archive-reader.ts";
import { entriesStartingWith } from "../../../src/archive/extract/entries-starting-with.ts";
import { judged, noSignal } from "../archives.ts";
import { buildZip, type EntryPlan } from "../build-zip.ts";

const HEAD = Buffer.from("a head of 16 byt");
const LONG_EXTRA = Buffer.concat([Buffer.from([0x99, 0x99, 0xd0, 0x07]), Buffer.alloc(2000)]);

/** The names of the entries that are found, of which each has its own name. */
async function found(plans: readonly EntryPlan[]): Promise<string[]> {
  const bytes = buildZip(plans);
  const { entries } = await judged(bytes);
  const entriesFound = await entriesStartingWith(HEAD, { reader: bufferReader(bytes), entries, signal: noSignal });
  return entriesFound.map(({ name }) => name);
}

const noise = (size: number) => new SeededRandom(7).bytes(size);

test("entries are found by how their content starts, stored or deflated, small or large", async () => {
  const plans = [0, 8].flatMap((method) =>
    [0, 20, 100_000].flatMap((size): EntryPlan[] => [
      { name: `yes-${method}-${size}`, method, content: Buffer.concat([HEAD, noise(size)]) },
      { name: `no-${method}-${size}`, method, content: Buffer.concat([noise(size), HEAD.subarray(1)]) },
    ]),
  );

  const names = plans.map(({ name }) => String(name)).filter((name) => name.startsWith("yes"));

  expect(await found([...plans, { name: "empty", content: "" }])).toEqual(names);
});

test("what lies behind a long header may start so, and what is no deflated data does not", async () => {
  const content = Buffer.concat([HEAD, noise(5000)]);
  const damaged = deflateRawSync(content);
  damaged.fill(0xff, 0, 40);

  const names = await found([
    { name: "far", content, local: { extra: LONG_EXTRA } },
    { name: "damaged", content, method: 8, data: damaged },
    { name: "no-header", content, local: { signature: 0 } },
  ]);

  expect(names).toEqual(["far"]);
});
