/** Figures of several rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Sums figures up. Throws for none, because nothing can be said of them. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = [...figures].sort((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined || least === undefined || most === undefined)
    throw new RangeError("there are no figures");
  return { median: (low + high) / 2, least, most };
}

/**
 * Divides each figure by the peer's figure of the same round. What slows a whole round down falls out, so these
 * ratios vary less than the figures themselves.
 */
export function pairedRatio(figures: readonly number[], peers: readonly number[]): Spread {
  if (figures.length !== peers.length) throw new RangeError("the rounds do not pair up");
  return spreadOf(figures.map((figure, round) => figure / (peers[round] ?? Number.NaN)));
}

/** Moves the first `by` items to the end, so that nobody always runs first. */
export function rotated<T>(items: readonly T[], by: number): T[] {
  const start = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** "1.20 (1.10–1.31)"; of one round there is no range to tell. */
export function ratioText({ median, least, most }: Spread): string {
  const range = least === most ? "" : ` (${least.toFixed(2)}–${most.toFixed(2)})`;
  return `${median.toFixed(2)}${range}`;
}
