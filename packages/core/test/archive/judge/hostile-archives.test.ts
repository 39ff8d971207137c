import { SeededRandom } from "@stowage/test-kit/random";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, test } from "vitest";
import { bufferReader } from "../../../src/archive/archive-reader.ts";
import { extractEntries } from "../../../src/archive/extract/extract-entries.ts";
import { verifyEntries } from "../../../src/archive/extract/read-contents.ts";
import { ARCHIVE_REASONS } from "../../../src/archive/format/invalid-archive.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { faultyDisk } from "../../disk/faulty-disk.ts";
import { extracted, judged, judgedWithHeaders, noSignal } from "../archives.ts";
import type { HostileCase } from "./hostile-case.ts";
import { HOSTILE_CONTENTS } from "./hostile-contents.ts";
import { HOSTILE_ENDS } from "./hostile-ends.ts";
import { HOSTILE_ENTRIES } from "./hostile-entries.ts";
import { HOSTILE_LINKS } from "./hostile-links.ts";
import { HOSTILE_LOCALS } from "./hostile-locals.ts";
import { HOSTILE_NAMES } from "./hostile-names.ts";
import { HOSTILE_RANGES } from "./hostile-ranges.ts";
import { HOSTILE_SIZES } from "./hostile-sizes.ts";

const SEEDS = [1, 2, 3];
/** What the end of the archive gives away. */
const ENDS = [...HOSTILE_ENDS, ...HOSTILE_LINKS, ...HOSTILE_ENTRIES, ...HOSTILE_NAMES];
/** What only the local headers give away, some of it. */
const LOCALS = [...HOSTILE_LOCALS, ...HOSTILE_RANGES];
const HEADERS = [...ENDS, ...LOCALS];

describe("the judge refuses", () => {
  test.each(ENDS.map(labelled))("%s", async (_label, { hostile, reason, rules }) => {
    for (const seed of SEEDS) {
      const judging = judged(hostile(new SeededRandom(seed)), rules);
      await expect(judging, `seed ${seed}`).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason });
    }
  });
});

describe("the judge, with the local headers, refuses", () => {
  test.each(LOCALS.map(labelled))("%s", async (_label, { hostile, reason, rules }) => {
    for (const seed of SEEDS) {
      const judging = judgedWithHeaders(hostile(new SeededRandom(seed)), rules);
      await expect(judging, `seed ${seed}`).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason });
    }
  });
});

describe("reading refuses", () => {
  test.each([...LOCALS, ...HOSTILE_CONTENTS].map(labelled))("%s", async (_label, { hostile, reason, rules }) => {
    const bytes = hostile(new SeededRandom(1));
    const reader = bufferReader(bytes);
    const options = { signal: noSignal, directory: await temporaryDirectory(), disk: nodeDisk, durable: false };
    const refusal = { code: "INVALID_ARCHIVE", reason };
    const verifying = async () => verifyEntries(reader, (await judged(bytes, rules)).entries, options);
    const watched = faultyDisk(nodeDisk);
    const extracting = async () => {
      await extractEntries(reader, (await judged(bytes, rules)).entries, { ...options, disk: watched.disk });
    };

    await expect(verifying()).rejects.toMatchObject(refusal);
    await expect(extracting()).rejects.toMatchObject(refusal);
    expect(watched.openFiles).toBe(0);
  });
});

describe("the harmless neighbour is restored", () => {
  test.each([...HEADERS, ...HOSTILE_CONTENTS].map(labelled))("%s", async (_label, { benign, rules }) => {
    await extracted(benign(new SeededRandom(SEEDS[0] ?? 1)), rules);
  });
});

test("every reason is given by at least one hostile archive, and there are more than sixty", () => {
  const given = new Set([...HEADERS, ...HOSTILE_CONTENTS, ...HOSTILE_SIZES].map((each) => each.reason));

  expect([...given].toSorted()).toEqual([...ARCHIVE_REASONS].toSorted());
  expect(HEADERS.length).toBeGreaterThan(60);
});

function labelled(each: HostileCase): [string, HostileCase] {
  return [`${each.title} (${each.reason})`, each];
}
