import { setMaxListeners } from "node:events";
import { abortError } from "./errors.ts";

/** Throws `ABORTED` if the signal is aborted. */
export function throwIfAborted(
  signal: AbortSignal | undefined,
  context: { operation?: string; key?: string } = {},
): void {
  if (signal?.aborted) throw abortError(signal, context);
}

export interface LinkedSignal extends Disposable {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

/**
 * Makes a signal that aborts with the first of `sources`. Disposing it removes its listeners:
 * `AbortSignal.any` keeps one on a long-lived source for as long as that source lives (Node 20).
 */
export function linkSignals(...sources: (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const present = sources.filter((source) => source !== undefined);
  if (present.length > 0) setMaxListeners(0, ...present); // one for each call under way is no leak
  const listeners = present.map((source) => onAbort(source, () => controller.abort(source.reason)));
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]: () => {
      for (const remove of listeners) remove();
    },
  };
}

/** Calls `listener` once when the signal aborts, at once if it has. Returns what removes the listener. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => {};
  }
  signal.addEventListener("abort", listener, { once: true });
  return () => signal.removeEventListener("abort", listener);
}

/** Settles as `promise` does, or rejects with the signal's reason if that comes first. */
export async function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let remove = () => {};
  const aborted = new Promise<never>((_, reject) => {
    remove = onAbort(signal, () => reject(signal.reason));
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    remove();
  }
}
