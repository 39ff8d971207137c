const MEBIBYTE = 1_024 * 1_024;

/** The most parts of an object on AWS (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). */
export const MAX_PARTS = 10_000;

/** Bytes of the largest object on AWS. */
const MAX_OBJECT_SIZE = 5 * 1_024 ** 4;

/** Parts that a bound is spread over: some stay spare, as a bound is rarely exact. */
const PLANNED = 0.95;
/** If nothing is known of the content's length: parts before the first larger one, and parts of each larger size. */
const EQUAL = 0.1;
const PER_STEP = 0.01;
const MAX_BYTES_IN_FLIGHT = 128 * MEBIBYTE;

/** Says how many bytes part `number` has, counted from 1. */
export type PartSizes = (number: number) => number;

/** Bytes of the largest object in so many parts: 5 TiB in 10,000, and less in fewer, so that no part has to be larger. */
export function maxObjectSize(maxParts: number): number {
  return Math.floor((MAX_OBJECT_SIZE * maxParts) / MAX_PARTS);
}

/**
 * Chooses part sizes so that `maxParts` parts, 10,000 on AWS, are enough. With a bound all parts are equal, as Cloudflare R2 demands;
 * without one they grow behind the first tenth of them, by a step each hundredth, so that all of them reach {@link maxObjectSize}.
 */
export function choosePartSizes(partSize: number, bound: number | undefined, maxParts = MAX_PARTS): PartSizes {
  if (bound !== undefined) {
    const needed = bound / Math.max(1, Math.floor(PLANNED * maxParts));
    const size = needed <= partSize ? partSize : ceilMebibyte(needed);
    return () => size;
  }
  const equalParts = Math.floor(EQUAL * maxParts);
  const partsPerStep = Math.max(1, Math.floor(PER_STEP * maxParts));
  const steps = Math.floor((maxParts - equalParts) / partsPerStep);
  const growth = partsPerStep * ((steps * (steps + 1)) / 2);
  const step = ceilMebibyte(Math.max(0, maxObjectSize(maxParts) - maxParts * partSize) / growth);
  return (number) => partSize + step * Math.max(0, Math.ceil((number - equalParts) / partsPerStep));
}

/** How many parts of that size may be held at once: at most `wanted`, and 128 MiB, but always one. */
export function partsInFlight(partSize: number, wanted: number): number {
  return Math.max(1, Math.min(wanted, Math.floor(MAX_BYTES_IN_FLIGHT / partSize)));
}

function ceilMebibyte(size: number): number {
  return Math.ceil(size / MEBIBYTE) * MEBIBYTE;
}
