/** The name of the metadata under which an object keeps the id of the write that made it. */
export const WRITE_ID = "stowage-write";

/** The request that makes an object, and what shows whether it did. */
export interface Commit<Made> {
  /** Sends the request, as often as it pays, and resolves with the object. Tells of each attempt that fails. */
  readonly send: (noteFailure: (error: unknown) => void) => Promise<Made>;
  /** Whether an attempt that failed so may have made the object all the same. */
  readonly isUncertain: (error: unknown) => boolean;
  /** Makes sure that the request cannot take effect any more, where the protocol has a way. Never rejects. */
  readonly settle?: () => Promise<void>;
  /** Looks at the key: the object if this very write made it, by its {@link WRITE_ID}. Nothing if it is another's. */
  readonly findOwn: (signal: AbortSignal) => Promise<Made | undefined>;
  readonly signal: AbortSignal;
  /** Milliseconds that the look may take after an abort, when the caller waits. Five times as long otherwise. */
  readonly graceMs: number;
}

/**
 * Sends the request that makes an object, and finds out what became of it if the answer does not say: an answer can be lost after
 * the object was made, and the next attempt of a create-only write is then refused by our own object. Rejects with what the
 * request failed with, unless the object is there and ours.
 */
export async function provenWrite<Made>(commit: Commit<Made>): Promise<Made> {
  const { send, isUncertain, settle, findOwn, signal, graceMs } = commit;
  signal.throwIfAborted();
  let isDoubtful = false;
  try {
    return await send((error) => {
      isDoubtful ||= isUncertain(error);
    });
  } catch (error) {
    if (!isDoubtful && !signal.aborted) throw error;
    await settle?.();
    const lookMs = signal.aborted ? graceMs : 5 * graceMs;
    const own = await findOwn(AbortSignal.timeout(lookMs)).catch(() => undefined);
    if (own !== undefined) return own;
    throw error;
  }
}
