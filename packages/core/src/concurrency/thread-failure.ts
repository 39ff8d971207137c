import { messageOf } from "../message-of.ts";

let reason: string | undefined;

/** Notes that threads do not start in this process, or end at once, and why. The first time is a warning of the process. */
export function noteThreadsFailed(error: unknown): void {
  if (reason !== undefined) return;
  reason = messageOf(error);
  const message = `backups take longer, because no thread can be started: ${reason}`;
  process.emitWarning(message, { type: "StowageWarning", code: "STOWAGE_NO_THREADS" });
}

/** Why this process has no threads, and tries to start none any more. Undefined as long as nothing says so. */
export function whyNoThreads(): string | undefined {
  return reason;
}
