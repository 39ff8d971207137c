import { abortError } from "../errors.ts";

/** Runs an action over items, `limit` at once. After a failure none is started, and the first one is thrown once all have ended. */
export async function eachConcurrently<Item>(
  items: Iterable<Item>,
  { limit, signal }: { limit: number; signal?: AbortSignal },
  action: (item: Item) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const work = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) {
      if (signal?.aborted) throw abortError(signal);
      await action(next.value);
      if (failures.length > 0) return;
    }
  };
  const workers = Array.from({ length: limit }, () => work().catch((error: unknown) => failures.push(error)));
  await Promise.all(workers);
  if (failures.length > 0) throw failures[0];
}
