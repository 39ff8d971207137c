import { asFloor } from "../case/floor.ts";
import type { Harness } from "../case/namespace.ts";
import { Random } from "../case/random.ts";
import { type Measure, type Measured, Stopwatch } from "./bench-stopwatch.ts";

export interface BenchOptions {
  /** Bytes of a large object. Default 16 MiB. */
  readonly size?: number | undefined;
  /** How many small objects of 1 KiB there are, and how often each call on one is made. Default 50. */
  readonly count?: number | undefined;
  /** How often large objects are written and read. Default 5. */
  readonly rounds?: number | undefined;
  /** Milliseconds since any moment. Default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

/** One call, as the driver makes it and, if there is one, as the floor does. */
export interface BenchRow {
  readonly what: string;
  readonly driver: Measured;
  readonly floor?: Measured;
  /** How many times as long the driver takes as the floor. */
  readonly ratio?: number;
}

const SMALL_SIZE = 1024;
const RANGE_SIZE = 64 * 1024;
const MIB = 1024 * 1024;

/**
 * Measures what a driver needs for a write, a read, a range, a stat and a list, in turn with the floor of its place if there is one.
 * Deletes what it wrote. Rejects if a call fails or reads fewer bytes than there are.
 */
export async function benchFilesystem(harness: Harness, options: BenchOptions = {}): Promise<BenchRow[]> {
  const place = await harness.create();
  const filesystem = place.open();
  const stem = `bench-${crypto.randomUUID().slice(0, 8)}-`;
  const storages = [new Stopwatch(asFloor(filesystem), `${stem}driver-`, place, options.now)];
  if (place.floor) storages.push(new Stopwatch(place.floor, `${stem}floor-`, place, options.now));
  try {
    const rows: BenchRow[] = [];
    for (const measure of measuresOf(options)) rows.push(await rowOf(measure, storages));
    return rows;
  } finally {
    await Promise.allSettled(storages.map((stopwatch) => stopwatch.cleanUp()));
    await filesystem.close();
    await place.dispose?.();
  }
}

function measuresOf({ size = 16 * MIB, count = 50, rounds = 5 }: BenchOptions): Measure[] {
  const random = new Random(1);
  const [large, small] = [random.bytes(size), random.bytes(SMALL_SIZE)];
  const range = Math.min(RANGE_SIZE, size);
  const starts = Array.from({ length: count + 1 }, () => random.below(size - range + 1));
  const megabytes = `${Number((size / MIB).toFixed(2))} MiB`;
  return [
    { what: "write 1 KiB", rounds: count, run: (to, prefix, round) => to.write(`${prefix}${round}`, small) },
    { what: "stat", rounds: count, run: (of, prefix, round) => of.stat(`${prefix}${round}`) },
    { what: `list ${count + 1}`, rounds, expected: count + 1, run: (of, prefix) => of.list(prefix) },
    { what: `write ${megabytes}`, rounds, bytes: size, run: (to, prefix) => to.write(`${prefix}large`, large) },
    {
      ...{ what: `read ${megabytes}`, rounds, bytes: size, expected: size },
      run: (from, prefix) => from.read(`${prefix}large`, 0, size),
    },
    {
      ...{ what: `read ${range / 1024} KiB of it`, rounds: count, expected: range },
      run: (from, prefix, round) => from.read(`${prefix}large`, starts[round] ?? 0, (starts[round] ?? 0) + range),
    },
  ];
}

/** Each round is the driver's and then the floor's, so that both meet the same moods of the machine. The first one is not counted. */
async function rowOf(measure: Measure, [driver, floor]: readonly Stopwatch[]): Promise<BenchRow> {
  for (let round = 0; round <= measure.rounds; round++) {
    await driver?.round(measure, round);
    await floor?.round(measure, round);
  }
  const [own, least] = [driver?.take(measure), floor?.take(measure)] as [Measured, Measured | undefined];
  if (!least) return { what: measure.what, driver: own };
  return { what: measure.what, driver: own, floor: least, ratio: own.ms / least.ms };
}
