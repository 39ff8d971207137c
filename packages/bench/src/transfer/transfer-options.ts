import { parseArgs } from "node:util";
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

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** Behind the thousandth part Stowage's grow if it knows no length, and the sink counts on equal ones. */
const MAX_SIZE = 8e9;

/** Reads the command line. Throws a {@link UsageError} that names the option which is wrong. */
export function parseTransferOptions(args: readonly string[]): TransferOptions {
  const { size = "64MB", rounds = "3", seed = "1", server, json } = valuesOf(args);
  return {
    size: parseSize(size),
    rounds: parseCount("--rounds", rounds),
    seed: parseCount("--seed", seed),
    servers: parseServer(server),
    ...(json === undefined ? {} : { json }),
  };
}

function valuesOf(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ args: [...args], options: { size: text, rounds: text, seed: text, server: text, json: text } })
      .values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function parseSize(value: string): number {
  const [, number, unit = "B"] = /^(\d+)([KMG]?B)?$/.exec(value.toUpperCase()) ?? [];
  const size = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (size >= 1 && size <= MAX_SIZE) return size;
  throw new UsageError(`--size: "${value}" is not a size from 1 byte to 8 GB`);
}

function parseCount(option: string, value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new UsageError(`${option}: "${value}" is not a whole number from 1 on`);
}

function parseServer(value: string | undefined): readonly ServerKind[] {
  if (value === undefined) return ["double", "sink"];
  if (value === "double" || value === "sink") return [value];
  throw new UsageError(`--server: "${value}" is neither double nor sink`);
}
