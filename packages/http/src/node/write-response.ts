import type { ServerResponse } from "node:http";
import { contentOf } from "../download/streamed-response.ts";

export interface WriteResponseOptions {
  /** Ends a client that takes nothing for so long. */
  readonly idleTimeoutMs: number;
  readonly isHead: boolean;
}

/** Writes a response, all but its end. One chunk at a time is under way: the next one is read when the client has taken it. */
export async function writeResponse(
  outgoing: ServerResponse,
  response: Response,
  { idleTimeoutMs, isHead }: WriteResponseOptions,
): Promise<void> {
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
  for (const cookie of response.headers.getSetCookie()) outgoing.appendHeader("set-cookie", cookie);
  if (isHead) return discardBody(response);
  for await (const chunk of await bodyOf(response, outgoing)) await writeChunk(outgoing, chunk, idleTimeoutMs);
}

/** Lets go of a body that nobody can be sent. */
export function discardBody(response: Response): void {
  contentOf(response)?.destroy();
  if (!response.bodyUsed) response.body?.cancel().catch(() => {});
}

/** A body that is in memory gets its length, so that a client knows its end before the connection ends. */
async function bodyOf(response: Response, outgoing: ServerResponse): Promise<AsyncIterable<Uint8Array> | Uint8Array[]> {
  const content = contentOf(response) ?? response.body;
  const isInMemory = response.headers.get("content-type")?.startsWith("application/json");
  if (content !== null && !isInMemory) return content;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const hasBody = response.status !== 204 && response.status !== 304;
  if (hasBody) outgoing.setHeader("content-length", bytes.length);
  outgoing.flushHeaders();
  return bytes.length === 0 ? [] : [bytes];
}

/** Resolves when the chunk has gone to the operating system. A socket's timeout counts only while nothing moves at all. */
async function writeChunk(outgoing: ServerResponse, chunk: Uint8Array, idleTimeoutMs: number): Promise<void> {
  const { socket } = outgoing;
  const usualTimeout = socket?.timeout ?? 0;
  const end = () => socket?.destroy();
  socket?.setTimeout(idleTimeoutMs).once("timeout", end);
  try {
    await new Promise<void>((resolve, reject) => {
      const leave = () => reject(new Error("the client left"));
      outgoing.once("close", leave);
      outgoing.write(chunk, (error) => {
        outgoing.off("close", leave);
        if (error) reject(error);
        else resolve();
      });
    });
  } finally {
    socket?.setTimeout(usualTimeout).off("timeout", end);
  }
}
