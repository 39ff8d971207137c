import { messageOf } from "./message-of.ts";

/** Tells the process of a failure that nobody waits for, whatever was thrown. Never throws. */
export function warnOf(thrown: unknown): void {
  process.emitWarning(thrown instanceof Error ? thrown : messageOf(thrown));
}
