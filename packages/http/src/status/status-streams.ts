import type { BackupManager } from "@stowage/core";
import { ApiError } from "../api-error.ts";
import { StatusStream } from "./status-stream.ts";
import { wireStatus } from "./wire-status.ts";

export interface StatusStreamsOptions {
  readonly maxStatusStreams?: number;
  readonly heartbeatMs?: number;
}

const EVENTS = ["start", "progress", "done", "failed"] as const;

/** Tells any number of clients what a manager does. Listens to it once, and only while somebody follows. */
export class StatusStreams {
  readonly #manager: BackupManager;
  readonly #limit: number;
  readonly #heartbeatMs: number;
  readonly #open = new Set<StatusStream>();
  #stopListening: (() => void) | undefined;

  constructor(manager: BackupManager, { maxStatusStreams = 100, heartbeatMs = 15_000 }: StatusStreamsOptions) {
    this.#manager = manager;
    manager.history().catch(() => {}); // so that the status knows of earlier processes
    this.#limit = maxStatusStreams;
    this.#heartbeatMs = heartbeatMs;
  }

  /** The status of the moment. */
  status(): object {
    return wireStatus(this.#manager);
  }

  /** Makes a body that tells the status whenever it changes, until it is cancelled or the signal aborts. Throws 429 when too many are open. */
  open(signal: AbortSignal): ReadableStream<Uint8Array> {
    if (this.#open.size >= this.#limit) {
      throw new ApiError(429, "Too many clients follow the status.", { headers: { "retry-after": "10" } });
    }
    const stream = new StatusStream({
      status: () => this.status(),
      heartbeatMs: this.#heartbeatMs,
      signal,
      onClose: () => this.#close(stream),
    });
    this.#open.add(stream);
    this.#stopListening ??= this.#listen();
    return stream.body;
  }

  #listen(): () => void {
    const tell = () => {
      for (const stream of this.#open) stream.changed();
    };
    const stops = EVENTS.map((event) => this.#manager.on(event, tell));
    return () => {
      for (const stop of stops) stop();
    };
  }

  #close(stream: StatusStream): void {
    this.#open.delete(stream);
    if (this.#open.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }
}
