import {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from "node:http";
import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

/** One request on its way through the proxy, and the means to answer it. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #target: URL;
  readonly #agent: Agent;

  constructor(request: IncomingMessage, response: ServerResponse, upstream: { target: URL; agent: Agent }) {
    this.request = request;
    this.response = response;
    this.#target = upstream.target;
    this.#agent = upstream.agent;
  }

  /** Sends the request on, through `change` if it is given, and resolves with the server's answer. */
  async forward(change?: Transform): Promise<IncomingMessage> {
    const { hostname, port } = this.#target;
    const { method, url, headers } = this.request;
    const onward = send({
      hostname,
      port,
      method,
      path: url,
      headers: endToEnd(headers),
      setHost: false,
      agent: this.#agent,
    });
    this.response.once("close", () => onward.destroy());
    const answer = new Promise<IncomingMessage>((resolve, reject) => {
      onward.once("response", resolve);
      onward.once("error", reject);
    });
    const sent = change ? pipeline(this.request, change, onward) : pipeline(this.request, onward);
    sent.catch(() => {}); // a broken request shows in the answer
    return answer;
  }

  /** Sends status and headers as they came, without those named in `drop`. */
  writeHead(answer: IncomingMessage, drop: readonly string[] = []): void {
    const headers = endToEnd(answer.headers);
    for (const name of drop) delete headers[name];
    this.response.writeHead(answer.statusCode ?? 502, headers);
  }

  /** Takes the request in to its end, so that the client is not still writing when it is answered. */
  async drain(): Promise<void> {
    for await (const _ of this.request);
  }

  /** Breaks the connection: the client sees ECONNRESET. */
  reset(): void {
    this.response.socket?.resetAndDestroy();
  }
}

/** The bytes of a body that the answer announces, or nothing if it has none or does not say. */
export function announcedSize(answer: IncomingMessage): number | undefined {
  const length = Number(answer.headers["content-length"]);
  return Number.isNaN(length) ? undefined : length;
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _, "keep-alive": __, expect: ___, ...rest } = headers;
  return rest;
}
