import type { SourceEntry } from "./walk-directory.ts";

const COLUMNS = 3;
/** No name of an entry holds it. */
const SEPARATOR = "\0";

/** Entries on their way to a thread: one text and one array, which are copied many times faster than an object for each. */
export interface SourceRun {
  readonly names: string;
  /** Size, mode and time of each. */
  readonly facts: Float64Array;
}

export function encodeRun(sources: readonly SourceEntry[]): SourceRun {
  const facts = new Float64Array(COLUMNS * sources.length);
  let position = 0;
  for (const { size, mode, modifiedAtMs } of sources) {
    facts[position++] = size;
    facts[position++] = mode;
    facts[position++] = modifiedAtMs;
  }
  return { names: sources.map(({ name }) => name).join(SEPARATOR), facts };
}

export function decodeRun({ names, facts }: SourceRun): SourceEntry[] {
  return names.split(SEPARATOR).map((name, index) => {
    const [size = 0, mode = 0, modifiedAtMs = 0] = facts.subarray(COLUMNS * index, COLUMNS * (index + 1));
    return { name, size, mode, modifiedAtMs };
  });
}
