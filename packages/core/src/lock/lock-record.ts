import type { ProcessIdentity } from "./process-identity.ts";

/** What one generation of the lock says of its holder. */
export interface LockRecord {
  /** Random, one per acquisition: how a holder knows its own generation again. */
  readonly holder: string;
  readonly process: ProcessIdentity;
  /** What the lock is held for. */
  readonly operation: string;
  readonly key: string;
  /** Rises with each renewal, so that the content changes while the holder lives. */
  readonly renewals: number;
  readonly isReleased: boolean;
  /** How long the holder is to be believed without a renewal, in milliseconds; as long as the watcher would be, if left out. */
  readonly ttlMs?: number;
  /** When the last renewal was sent, in milliseconds of the clock that the processes of the holder's host share. */
  readonly renewedAt?: number;
}

type Fields = Partial<Record<keyof LockRecord, unknown>>;

export function encodeRecord(record: LockRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}

/** The record in a generation's content; nothing if it is none, which counts as a holder that nobody knows. */
export function decodeRecord(text: string): LockRecord | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is LockRecord {
  if (typeof value !== "object" || value === null) return false;
  const { holder, process, operation, key, renewals, isReleased, ttlMs = 0, renewedAt = 0 } = value as Fields;
  const hasStrings = [holder, operation, key].every((field) => typeof field === "string");
  const hasNumbers = [renewals, ttlMs, renewedAt].every((field) => typeof field === "number");
  return hasStrings && hasNumbers && typeof process === "object" && typeof isReleased === "boolean";
}
