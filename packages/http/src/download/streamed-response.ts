import type { UnderlyingSource } from "node:stream/web";

/** Bytes that can be let go of before they are read. */
export interface StreamedContent extends AsyncIterable<Uint8Array> {
  destroy(): void;
}

const contents = new WeakMap<Response, StreamedContent>();

/**
 * Makes a response with a body that streams. The bridge to Node takes the content itself; anybody else finds a web stream,
 * which reads nothing before it is read and holds nothing back.
 */
export function streamedResponse(content: StreamedContent, init: ResponseInit): Response {
  const response = new Response(webStream(content), init);
  contents.set(response, content);
  return response;
}

/** The content behind a response, if it has one that nobody has begun to read. */
export function contentOf(response: Response): StreamedContent | undefined {
  return response.bodyUsed || response.body?.locked ? undefined : contents.get(response);
}

function webStream(content: StreamedContent): ReadableStream<Uint8Array> {
  let chunks: AsyncIterator<Uint8Array> | undefined;
  const source: UnderlyingSource<Uint8Array> = {
    pull: async (controller) => {
      chunks ??= content[Symbol.asyncIterator]();
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => content.destroy(),
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}
