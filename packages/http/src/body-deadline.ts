import type { UnderlyingSource } from "node:stream/web";
import { ApiError } from "./api-error.ts";

/**
 * Makes the same request with a body that must have come in whole so long after its reading began, in milliseconds; else reading it
 * fails with 408. A client that sends a byte now and then is never idle, and a small body needs no more time than this.
 */
export function withBodyDeadline(request: Request, timeoutMs: number): Request {
  if (request.body === null || request.body.locked) return request;
  const body = limited(request.body, timeoutMs);
  return new Request(request, { body, duplex: "half" } as RequestInit);
}

function limited(body: ReadableStream<Uint8Array>, timeoutMs: number): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let timer: NodeJS.Timeout | undefined;
  const source: UnderlyingSource<Uint8Array> = {
    pull: async (controller) => {
      timer ??= setTimeout(() => {
        controller.error(new ApiError(408, "Request Timeout."));
        reader.cancel().catch(() => {});
      }, timeoutMs);
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        clearTimeout(timer);
        controller.close();
      } catch (error) {
        clearTimeout(timer);
        controller.error(error);
      }
    },
    cancel: (reason) => {
      clearTimeout(timer);
      return reader.cancel(reason);
    },
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}
