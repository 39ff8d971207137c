import type { IncomingMessage } from "node:http";

/** Bytes. */
const MAX_DISCARDED_SIZE = 8 * 1024 * 1024;
const MAX_DISCARD_MS = 2_000;

/**
 * Reads on in a message of which nobody wants the rest, and keeps nothing. Resolves when it is complete, or after so much of it,
 * or so much time, that its sender should have read the answer.
 */
export async function discardRest(
  incoming: IncomingMessage,
  { idleTimeoutMs }: { idleTimeoutMs: number },
): Promise<void> {
  if (incoming.complete || incoming.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(finish, Math.min(MAX_DISCARD_MS, idleTimeoutMs));
    let size = 0;
    function finish(): void {
      clearTimeout(timer);
      resolve();
    }
    incoming.once("end", finish).once("close", finish);
    incoming.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_DISCARDED_SIZE) finish();
    });
    incoming.resume();
  });
}
