/** Proves that the lock of an operation is still held. */
export interface Fence {
  /** Throws `LOCK_LOST` if the lock was lost, as far as this process knows. Costs nothing. */
  assertFresh(): void;
  /** Throws `LOCK_LOST` unless the storage says that the lock is held. For the moment before something is published. */
  confirm(): Promise<void>;
}

/** The fence of an operation that no other process can disturb. */
export const NO_FENCE: Fence = { assertFresh: () => {}, confirm: async () => {} };
