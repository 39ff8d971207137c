import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "@stowage/test-kit";
import { ContentCheck } from "../content-check.ts";
import type { SeededContent } from "../seeded-content.ts";

export interface SinkExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

/** Listens on a free port of 127.0.0.1. What `answer` throws is told as a 400, which nobody tries again. */
export async function startSink(answer: (exchange: SinkExchange) => Promise<void>) {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    answer({ request, response, url }).catch((error: unknown) => refuse(request, response, error));
  });
  return listen(server);
}

/** Reads a body to its end and compares it with the content from `position` on. Resolves with the position behind it. */
export async function checkBody(request: IncomingMessage, content: SeededContent, position: number): Promise<number> {
  const check = new ContentCheck(content, position);
  for await (const bytes of request as AsyncIterable<Buffer>) check.update(bytes);
  return check.position;
}

/** Reads a body whose content does not matter. */
export async function ignoreBody(request: IncomingMessage): Promise<void> {
  for await (const _ of request);
}

export function assertWhole(size: number, content: SeededContent): void {
  if (size !== content.size) throw new Error(`${size} bytes came of ${content.size}`);
}

function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  request.resume();
  response.writeHead(400, { "content-type": "text/plain" }).end(String(error));
}
