import { StowageError } from "../errors.ts";

/** A range as a caller gives it: bytes, `end` exclusive, either may be left out. */
export interface ReadRange {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** Throws `INVALID_ARGUMENT` unless both ends are whole numbers from 0 on, in order. */
export function assertValidRange({ start, end }: ReadRange): void {
  for (const [name, value] of Object.entries({ start, end })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue;
    throw new StowageError("INVALID_ARGUMENT", `${name}: ${String(value)} is not a whole number of bytes from 0 on`);
  }
  if (end !== undefined && end < (start ?? 0)) {
    throw new StowageError("INVALID_ARGUMENT", `end: ${end} lies before start ${start ?? 0}`);
  }
}

/** The range to ask a driver for; nothing for the whole object. */
export function driverRange({ start = 0, end }: ReadRange): { start: number; end?: number } | undefined {
  if (start === 0 && end === undefined) return undefined;
  return end === undefined ? { start } : { start, end };
}

/** How many bytes of an object of `size` bytes a range covers. */
export function rangeSize({ start = 0, end }: ReadRange, size: number): number {
  return Math.max(0, Math.min(end ?? size, size) - start);
}

/** Throws `RANGE_NOT_SATISFIABLE` unless the range starts inside the object. */
export function assertSatisfiable({ start = 0 }: ReadRange, size: number): void {
  if (start < size) return;
  throw new StowageError("RANGE_NOT_SATISFIABLE", `the range starts at byte ${start} of ${size}`);
}
