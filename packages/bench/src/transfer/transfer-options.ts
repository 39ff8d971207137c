import { parseCount, parseSize, readOptions } from "../command-line.ts";
import { UsageError } from "../usage-error.ts";
import type { ServerKind } from "./job.ts";

export interface TransferOptions {
  /** Bytes of each transfer. */
  readonly size: number;
  readonly rounds: number;
  readonly seed: number;
  readonly servers: readonly ServerKind[];
  /** The file that the figures are written to. */
  readonly json?: string;
}

export const TRANSFER_USAGE = `pnpm bench transfer [--size 64MB] [--rounds 3] [--server double|sink] [--seed 1] [--json FILE]

  --size    bytes of each transfer: a number, or one with KB, MB, GB (powers of 1,000); at most 8 GB
  --rounds  how often each contender runs, in rotated order
  --server  double: strict about signatures and checksums, data on disk; sink: compares bytes, keeps none
            both when left out
  --seed    of the content
  --json    writes the figures to this file`;

/** Behind the thousandth part Stowage's grow if it knows no length, and the sink counts on equal ones. */
const MAX_SIZE = 8e9;

const TEXT = { type: "string" } as const;
const OPTIONS = { size: TEXT, rounds: TEXT, seed: TEXT, server: TEXT, json: TEXT } as const;

/** Reads the command line. Throws a {@link UsageError} that names the option which is wrong. */
export function parseTransferOptions(args: readonly string[]): TransferOptions {
  const { size = "64MB", rounds = "3", seed = "1", server, json } = readOptions(args, OPTIONS);
  return {
    size: parseSize("--size", size, MAX_SIZE),
    rounds: parseCount("--rounds", rounds),
    seed: parseCount("--seed", seed),
    servers: parseServer(server),
    ...(json === undefined ? {} : { json }),
  };
}

function parseServer(value: string | undefined): readonly ServerKind[] {
  if (value === undefined) return ["double", "sink"];
  if (value === "double" || value === "sink") return [value];
  throw new UsageError(`--server: "${value}" is neither double nor sink`);
}
