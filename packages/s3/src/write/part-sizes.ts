const MEBIBYTE = 1_024 * 1_024;

/** Bytes of the largest object, and the most parts it may have (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
export const MAX_OBJECT_SIZE = 5 * 1_024 ** 4;
const MAX_PARTS = 10_000;

/** Parts that a bound is spread over: some stay spare, as a bound is rarely exact. */
const PLANNED_PARTS = 9_500;
/** If nothing is known of the content's length: parts before the first larger one, and parts of each larger size. */
const EQUAL_PARTS = 1_000;
const PARTS_PER_STEP = 100;
const MAX_BYTES_IN_FLIGHT = 128 * MEBIBYTE;

/** Says how many bytes part `number` has, counted from 1. */
export type PartSizes = (number: number) => number;

/**
 * Chooses part sizes so that 10,000 parts are enough. With a bound all parts are equal, as Cloudflare R2 demands; without one
 * they grow behind the thousandth, by a step every 100 parts, so that 10,000 of them reach 5 TiB.
 */
export function choosePartSizes(partSize: number, bound: number | undefined): PartSizes {
  if (bound !== undefined) {
    const needed = bound / PLANNED_PARTS;
    const size = needed <= partSize ? partSize : ceilMebibyte(needed);
    return () => size;
  }
  const steps = (MAX_PARTS - EQUAL_PARTS) / PARTS_PER_STEP;
  const growth = PARTS_PER_STEP * ((steps * (steps + 1)) / 2);
  const step = ceilMebibyte(Math.max(0, MAX_OBJECT_SIZE - MAX_PARTS * partSize) / growth);
  return (number) => partSize + step * Math.max(0, Math.ceil((number - EQUAL_PARTS) / PARTS_PER_STEP));
}

/** How many parts of that size may be held at once: at most `wanted`, and 128 MiB, but always one. */
export function partsInFlight(partSize: number, wanted: number): number {
  return Math.max(1, Math.min(wanted, Math.floor(MAX_BYTES_IN_FLIGHT / partSize)));
}

function ceilMebibyte(size: number): number {
  return Math.ceil(size / MEBIBYTE) * MEBIBYTE;
}
