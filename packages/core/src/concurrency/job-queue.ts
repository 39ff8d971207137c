import { abortError } from "../errors.ts";

/** Runs jobs, so many at once. After a failure it takes no more, and tells the first. */
export class JobQueue {
  readonly #limit: number;
  readonly #running = new Set<Promise<unknown>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts a job as soon as there is room. Throws the error of a job that failed meanwhile. */
  async add<Result>(job: () => Promise<Result>): Promise<{ readonly result: Promise<Result> }> {
    while (this.#running.size >= this.#limit && !this.#failure) await Promise.race(this.#running);
    this.#throwFailure();
    const result = job();
    const running = result.then(
      () => void this.#running.delete(running),
      (error: unknown) => {
        this.#failure ??= { error };
        this.#running.delete(running);
      },
    );
    this.#running.add(running);
    return { result };
  }

  /** Waits for all jobs. Throws the error of one that failed. */
  async drained(): Promise<void> {
    await this.settled();
    this.#throwFailure();
  }

  /** Waits for all jobs, whatever comes of them. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

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
