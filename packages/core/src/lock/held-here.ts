/** Shared by every copy of this library in the process, because a second copy must not take a live holder for a dead one. */
const REGISTRY = Symbol.for("stowage.locks-held-by-this-thread");

/** The holders of this thread that hold a lock, or are about to. */
export function heldHere(): Set<string> {
  const registry = globalThis as { [REGISTRY]?: Set<string> };
  registry[REGISTRY] ??= new Set();
  return registry[REGISTRY];
}
