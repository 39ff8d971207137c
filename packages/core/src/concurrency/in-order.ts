import { abortError } from "../errors.ts";

export interface InOrderOptions<Item, Result> {
  run(item: Item): Promise<Result>;
  /** What an item counts towards the limit. */
  weigh(item: Item): number;
  /** How much may be under way at once. An item that is heavier runs alone. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/**
 * Runs over items ahead of the reader, several at once, and yields the results in the order of the items. When it ends, for
 * whatever reason, nothing is under way any more.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  { run, weigh, limit, signal }: InOrderOptions<Item, Result>,
): AsyncGenerator<Result> {
  const waiting: { weight: number; result: Promise<Result> }[] = [];
  let weight = 0;
  const first = async () => {
    const head = waiting.shift();
    if (!head) throw new Error("nothing is waiting");
    weight -= head.weight;
    return head.result;
  };
  try {
    for await (const item of items) {
      while (waiting.length > 0 && weight + weigh(item) > limit) yield await first();
      if (signal.aborted) throw abortError(signal);
      const result = run(item);
      result.catch(() => {}); // its turn to be thrown comes later
      waiting.push({ weight: weigh(item), result });
      weight += weigh(item);
    }
    while (waiting.length > 0) yield await first();
    if (signal.aborted) throw abortError(signal);
  } finally {
    await Promise.allSettled(waiting.map((each) => each.result));
  }
}
