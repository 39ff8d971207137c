/** At once, or later. */
export type Awaitable<T> = T | Promise<T>;

/** Whether a value comes later. Asks as `await` does: an application may have put another class in the place of `Promise`. */
export function isLater<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/**
 * Work in steps, of which each may be done at once or later: the same code where a disk answers at once, and where it has to be waited
 * for. A step of which there are tens of thousands asks for itself whether to wait, and makes no generator of its own:
 * `const stats = isLater(found) ? yield* later(found) : found`.
 */
export type Steps<Result> = Generator<Promise<unknown>, Result, unknown>;

/** A step that is to be waited for. */
export function* later<Result>(promise: Promise<Result>): Steps<Result> {
  return (yield promise) as Result;
}

/** A step that is done at once or later. */
export function* step<Result>(value: Awaitable<Result>): Steps<Result> {
  return isLater(value) ? ((yield value) as Result) : value;
}

/** Takes steps, without a promise as far as each is done at once. Throws, or rejects, as they do. */
export function take<Result>(steps: Steps<Result>): Awaitable<Result> {
  const next = steps.next();
  return next.done ? next.value : takeLater(steps, next.value);
}

async function takeLater<Result>(steps: Steps<Result>, first: Promise<unknown>): Promise<Result> {
  for (let waiting = first; ; ) {
    const [outcome] = await Promise.allSettled([waiting]);
    const next = outcome.status === "fulfilled" ? steps.next(outcome.value) : steps.throw(outcome.reason);
    if (next.done) return next.value;
    waiting = next.value;
  }
}
