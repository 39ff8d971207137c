import { parseCount, readOptions } from "../command-line.ts";
import type { DatasetName, DatasetSizes } from "../datasets/dataset.ts";

/** A dataset in two sizes, and how much longer the larger may take. */
export interface GrowthStep {
  readonly dataset: DatasetName;
  readonly small: DatasetSizes;
  readonly large: DatasetSizes;
  readonly most: number;
}

export interface GrowthOptions {
  readonly quick: boolean;
  readonly rounds: number;
  readonly seed: number;
  readonly directory?: string;
  readonly json?: string;
}

export const GROWTH_USAGE = `pnpm bench growth [--quick] [--rounds 3] [--seed 1] [--directory DIR] [--json FILE]

  How Stowage's times grow with the data: d1 from scale 1 to 4, d2 from 10,000 to 100,000 files
  --quick      d1 from 0.05 to 0.2, d2 from 500 to 5,000 files, one round
  --rounds     how often each size is archived and restored, after one run that does not count
  --directory  where everything lies; when left out the memory disk, if it has room, else the temporary files
  --json       writes the figures to this file`;

const TEXT = { type: "string" } as const;
const OPTIONS = { quick: { type: "boolean" }, rounds: TEXT, seed: TEXT, directory: TEXT, json: TEXT } as const;
const MOST_GROWTH = { d1: 4.4, d2: 11 };

/** Reads the command line. Throws a {@link UsageError} that names the option which is wrong. */
export function parseGrowthOptions(args: readonly string[]): GrowthOptions {
  const { quick = false, rounds, seed = "1", directory, json } = readOptions(args, OPTIONS);
  return {
    quick,
    rounds: parseCount("--rounds", rounds ?? (quick ? "1" : "3")),
    seed: parseCount("--seed", seed),
    ...(directory === undefined ? {} : { directory }),
    ...(json === undefined ? {} : { json }),
  };
}

export function growthSteps({ quick, seed }: GrowthOptions): GrowthStep[] {
  const of = (scale: number, files: number) => ({ scale, files, size: 1, seed });
  const [scale, files] = quick ? [0.05, 500] : [1, 10_000];
  return [
    { dataset: "d1", small: of(scale, files), large: of(4 * scale, files), most: MOST_GROWTH.d1 },
    { dataset: "d2", small: of(scale, files), large: of(scale, 10 * files), most: MOST_GROWTH.d2 },
  ];
}
