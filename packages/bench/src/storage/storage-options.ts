import { parseCount, parseWords, readOptions } from "../command-line.ts";
import type { DatasetSizes } from "../datasets/dataset.ts";

const PARTS = ["list", "entries", "create", "restore"] as const;
type Part = (typeof PARTS)[number];

export interface StorageOptions {
  readonly parts: readonly Part[];
  readonly rounds: number;
  /** In a list. */
  readonly backups: number;
  /** In the archive whose entries are read. */
  readonly entries: number;
  /** Of what is backed up to afar and restored from there: D1 and D3. */
  readonly remote: DatasetSizes;
  readonly seed: number;
  readonly directory?: string;
  readonly json?: string;
}

export const STORAGE_USAGE = `pnpm bench storage [--quick] [--part list,entries,create,restore] [--rounds 5] [--backups 10000]
                   [--entries 100000] [--seed 1] [--directory DIR] [--json FILE]

  list         of local backups beside Promise.all(stat), of backups on S3 beside the SDK's paginator
  entries      of an archive on S3, by requests
  create       to a store with 30 ms to the first byte and 80 MB/s on each connection, beside a local create and then an upload
  restore      from the same store, beside one plain GET
  --quick      2,000 backups, an archive of 5,000 entries, small datasets, two rounds
  --backups    in a list: 10000 and 100000 are usual
  --entries    of the archive
  --rounds     how often each is measured, in rotated order
  --directory  where everything lies; when left out the memory disk, if it has room, else the temporary files
  --json       writes the figures to this file`;

const FULL = { rounds: "5", backups: "10000", entries: "100000" };
const QUICK = { rounds: "2", backups: "2000", entries: "5000" };
const TEXT = { type: "string" } as const;
const OPTIONS = {
  quick: { type: "boolean" },
  ...{ part: TEXT, rounds: TEXT, backups: TEXT, entries: TEXT, seed: TEXT, directory: TEXT, json: TEXT },
} as const;

/** Reads the command line. Throws a {@link UsageError} that names the option which is wrong. */
export function parseStorageOptions(args: readonly string[]): StorageOptions {
  const { quick = false, part, seed: seedText = "1", directory, json, ...given } = readOptions(args, OPTIONS);
  const { rounds, backups, entries } = { ...(quick ? QUICK : FULL), ...given };
  const seed = parseCount("--seed", seedText);
  const [scale, size] = quick ? [0.1, 32e6] : [1, 512e6];
  return {
    parts: parseWords("--part", part, PARTS),
    rounds: parseCount("--rounds", rounds),
    backups: parseCount("--backups", backups),
    entries: parseCount("--entries", entries),
    remote: { scale, size, files: 1, seed },
    seed,
    ...(directory === undefined ? {} : { directory }),
    ...(json === undefined ? {} : { json }),
  };
}
