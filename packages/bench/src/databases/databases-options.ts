import { parseCount, parseSize, readOptions } from "../command-line.ts";

export interface DatabasesOptions {
  /** Bytes of the database, about. */
  readonly size: number;
  /** Files beside it. */
  readonly files: number;
  readonly rounds: number;
  readonly seed: number;
  readonly directory?: string;
  readonly json?: string;
}

export const DATABASES_USAGE = `pnpm bench databases [--quick] [--size 200MB] [--files 1500] [--rounds 5] [--seed 1] [--directory DIR] [--json FILE]

  What a database among the data costs a create: copied through SQLite, beside the same bytes that are no database
  --quick      20 MB and 200 files, two rounds
  --size       of the database
  --files      of 1–4 KB, beside it
  --rounds     how often each create is measured, in rotated order
  --directory  where everything lies; when left out the memory disk, if it has room, else the temporary files
  --json       writes the figures to this file`;

const MOST_SIZE = 8e9;
const FULL = { size: "200MB", files: "1500", rounds: "5" };
const QUICK = { size: "20MB", files: "200", rounds: "2" };
const TEXT = { type: "string" } as const;
const OPTIONS = {
  quick: { type: "boolean" },
  ...{ size: TEXT, files: TEXT, rounds: TEXT, seed: TEXT, directory: TEXT, json: TEXT },
} as const;

/** Reads the command line. Throws a {@link UsageError} that names the option which is wrong. */
export function parseDatabasesOptions(args: readonly string[]): DatabasesOptions {
  const { quick = false, seed = "1", directory, json, ...given } = readOptions(args, OPTIONS);
  const { size, files, rounds } = { ...(quick ? QUICK : FULL), ...given };
  return {
    size: parseSize("--size", size, MOST_SIZE),
    files: parseCount("--files", files),
    rounds: parseCount("--rounds", rounds),
    seed: parseCount("--seed", seed),
    ...(directory === undefined ? {} : { directory }),
    ...(json === undefined ? {} : { json }),
  };
}
