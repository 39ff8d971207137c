import { parseCount, parseSize, parseWords, readOptions } from "../command-line.ts";
import { DATASET_NAMES, type DatasetName, type DatasetSizes } from "../datasets/dataset.ts";
import { UsageError } from "../usage-error.ts";
import { PEER_NAMES, QUICK_PEER_NAMES } from "./contenders.ts";

export interface ArchiveOptions extends DatasetSizes {
  /** Whether everything is small, and what takes long left out: says how things stand, not how fast they are. */
  readonly quick: boolean;
  readonly datasets: readonly DatasetName[];
  readonly rounds: number;
  readonly peers: readonly string[];
  /** Where data, archives and trees lie. */
  readonly directory?: string;
  /** The files that the figures and the chart are written to. */
  readonly json?: string;
  readonly svg?: string;
}

const FULL = { scale: "1", files: "30000", size: "1GB", rounds: "5" };
const QUICK = { scale: "0.1", files: "1000", size: "32MB", rounds: "2" };
const MOST_SIZE = 16e9;
const LARGEST_SCALE = 40;

export const ARCHIVE_USAGE = `pnpm bench [archive] [--quick] [--dataset d1,d2,d3] [--peer ${PEER_NAMES.slice(0, 3).join(",")},…] [--rounds ${FULL.rounds}]
                    [--scale ${FULL.scale}] [--files ${FULL.files}] [--size ${FULL.size}] [--seed 1]
                    [--directory DIR] [--json FILE] [--svg FILE]

  --quick      small data (scale ${QUICK.scale}, ${QUICK.files} files, ${QUICK.size}), ${QUICK.rounds} rounds, without the slowest peers: under two minutes
  --dataset    d1: a database, logs and mixed files; d2: small files; d3: what does not compress; all when left out
  --peer       ${PEER_NAMES.join(", ")}
               all that are installed when left out; Stowage always takes part
  --rounds     how often each contender runs, in rotated order, after one run that does not count
  --scale      of d1: 1 is 286 MB; 0.25, 1 and 4 are usual
  --files      of d2: 1000, 10000, 30000 and 100000 are usual
  --size       of d3, in bytes: a number, or one with KB, MB, GB (powers of 1,000)
  --seed       of the data
  --directory  where data, archives and trees lie; when left out the memory disk, if it has room, else the temporary files
  --json       writes the figures to this file
  --svg        writes a chart to this file`;

const TEXT = { type: "string" } as const;
const OPTIONS = {
  quick: { type: "boolean" },
  ...{ dataset: TEXT, peer: TEXT, rounds: TEXT, scale: TEXT, files: TEXT, size: TEXT, seed: TEXT },
  ...{ directory: TEXT, json: TEXT, svg: TEXT },
} as const;

/** Reads the command line. Throws a {@link UsageError} that names the option which is wrong. */
export function parseArchiveOptions(args: readonly string[]): ArchiveOptions {
  const { quick = false, dataset, peer, seed = "1", directory, json, svg, ...given } = readOptions(args, OPTIONS);
  const { rounds, scale, files, size } = { ...(quick ? QUICK : FULL), ...given };
  return {
    quick,
    datasets: parseWords("--dataset", dataset, DATASET_NAMES),
    peers: parseWords("--peer", peer ?? (quick ? QUICK_PEER_NAMES.join(",") : undefined), PEER_NAMES),
    rounds: parseCount("--rounds", rounds),
    scale: parseScale(scale),
    files: parseCount("--files", files),
    size: parseSize("--size", size, MOST_SIZE),
    seed: parseCount("--seed", seed),
    ...(directory === undefined ? {} : { directory }),
    ...(json === undefined ? {} : { json }),
    ...(svg === undefined ? {} : { svg }),
  };
}

function parseScale(value: string): number {
  const scale = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (scale > 0 && scale <= LARGEST_SCALE) return scale;
  throw new UsageError(`--scale: "${value}" is not a number above 0, up to ${LARGEST_SCALE}`);
}
