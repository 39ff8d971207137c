import { isMutation, isOfGeneration, type LockRequest } from "./lock-request.ts";

/** A change that a storage made, as the proxy before it saw it. Times in milliseconds of one monotonic clock. */
export interface StoredChange extends LockRequest {
  readonly client: number;
  /** When the request was handed to the storage, which has not done it before. */
  readonly sentAt: number;
  /** When the storage answered, which has done it by then. */
  readonly doneAt: number;
  /** The archive that a generation is held for. */
  readonly archive: string | undefined;
  readonly isRelease: boolean;
  /** Whether the client was never told. */
  readonly wasLost: boolean;
}

/** Everything that the clients of a race changed in the storage, in one memory outside of the lock. */
export class LockRegister {
  readonly changes: StoredChange[] = [];

  /** Notes a request that the storage accepted, with its body. */
  note(request: LockRequest, body: string, witnessed: Pick<StoredChange, "client" | "sentAt" | "wasLost">): void {
    if (!isMutation(request)) return;
    const record = isOfGeneration(request) ? recordIn(body) : undefined;
    const { key: archive, isReleased: isRelease = false } = record ?? {};
    const { kind, key } = request;
    this.changes.push({ kind, key, ...witnessed, doneAt: performance.now(), archive, isRelease });
  }
}

/** The record of a generation, wherever in the request's body its line of JSON is. */
function recordIn(body: string): { key?: string; isReleased?: boolean } | undefined {
  const line = body.split("\n").find((text) => text.startsWith("{") && text.includes('"isReleased"'));
  return line === undefined ? undefined : (JSON.parse(line) as { key?: string; isReleased?: boolean });
}
