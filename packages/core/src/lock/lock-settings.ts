import { currentProcess, type ProcessIdentity } from "./process-identity.ts";

/**
 * Which lock keeps other processes and hosts out. "auto" is the storage's, if it can create conditionally and is all there,
 * else the lock of the process with a warning; "required" refuses such a storage; "process" is the process alone.
 */
export type LockMode = "auto" | "required" | "process";

export interface LockSettings {
  /** How long a holder that gives no sign is believed. Renewed every third of it. Milliseconds. */
  readonly ttlMs: number;
  /** A clock that nobody sets, in milliseconds. */
  now(): number;
  /** Who takes the lock. */
  identify(): Promise<ProcessIdentity>;
}

export const DEFAULT_LOCK: LockSettings = {
  ttlMs: 15_000,
  now: () => performance.now(),
  identify: currentProcess,
};
