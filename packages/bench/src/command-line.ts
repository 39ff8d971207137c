import { parseArgs } from "node:util";
import { UsageError } from "./usage-error.ts";

type OptionTypes = Record<string, { readonly type: "string" | "boolean" }>;
type OptionValues<T extends OptionTypes> = { [K in keyof T]?: T[K]["type"] extends "boolean" ? boolean : string };

/** Reads options without interpreting them. Throws a {@link UsageError} for one that nobody knows, and for other arguments. */
export function readOptions<const T extends OptionTypes>(args: readonly string[], options: T): OptionValues<T> {
  try {
    return parseArgs({ args: [...args], options }).values as OptionValues<T>;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export function parseCount(option: string, value: string): number {
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new UsageError(`${option}: "${value}" is not a whole number from 1 on`);
}

const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

/** Reads a number of bytes, of which `most`, whole gigabytes, are allowed. Units are powers of 1,000. */
export function parseSize(option: string, value: string, most: number): number {
  const [, number, unit = "B"] = /^(\d+)([KMG]?B)?$/.exec(value.toUpperCase()) ?? [];
  const size = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (size >= 1 && size <= most) return size;
  throw new UsageError(`${option}: "${value}" is not a size from 1 byte to ${most / 1e9} GB`);
}

/** Reads words that are separated by commas, all of them known. Nothing means all. */
export function parseWords<T extends string>(option: string, value: string | undefined, known: readonly T[]): T[] {
  if (value === undefined) return [...known];
  return value.split(",").map((word) => {
    const found = known.find((each) => each === word.trim().toLowerCase());
    if (found !== undefined) return found;
    throw new UsageError(`${option}: "${word}" is none of ${known.join(", ")}`);
  });
}
