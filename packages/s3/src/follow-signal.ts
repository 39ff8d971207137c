/** A signal that follows another. */
export interface Follower {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Lets go of the signal that is followed. */
  detach(): void;
}

/** Makes a signal that aborts `delayMs` after another, with its reason, or earlier by hand. */
export function followSignal(leader: AbortSignal, delayMs = 0): Follower {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abort = () => controller.abort(leader.reason);
  const follow = () => {
    if (delayMs === 0) abort();
    else timer = setTimeout(abort, delayMs);
  };
  if (leader.aborted) follow();
  else leader.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    detach: () => {
      leader.removeEventListener("abort", follow);
      clearTimeout(timer);
    },
  };
}
