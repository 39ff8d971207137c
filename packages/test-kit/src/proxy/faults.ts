import type { IncomingMessage } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { announcedSize, type Exchange } from "./exchange.ts";

/** Mishandles one request. */
export type Fault = (exchange: Exchange) => Promise<void>;

/** Answers in the server's place, which never sees the request. */
export function answerWith(status: number, body = "", headers: Record<string, string> = {}): Fault {
  return async (exchange) => {
    await exchange.drain();
    exchange.response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers });
    exchange.response.end(exchange.request.method === "HEAD" ? undefined : body);
  };
}

/** Breaks the connection before the server sees the request. */
export function resetBeforeHeaders(): Fault {
  return async (exchange) => exchange.reset();
}

/** Lets the server do its work and breaks the connection instead of handing on the answer. */
export function loseReply(): Fault {
  return async (exchange) => {
    for await (const _ of await exchange.forward());
    exchange.reset();
  };
}

/** Hands on at most `size` bytes of the body, never all of it, and breaks the connection. An answer without a body is lost. */
export function resetMidBody(size: number): Fault {
  return async (exchange) => {
    const answer = await exchange.forward();
    if (!hasBody(exchange, answer)) return exchange.reset();
    exchange.writeHead(answer);
    exchange.response.flushHeaders();
    await pipeline(answer, firstBytes(cutAt(answer, size)), exchange.response, { end: false });
    await flushed(exchange);
    exchange.reset();
  };
}

/** Hands on at most `size` bytes of the body, never all of it, and ends it as if that were all. */
export function truncateBody(size: number): Fault {
  return async (exchange) => {
    const answer = await exchange.forward();
    exchange.writeHead(answer, hasBody(exchange, answer) ? ["content-length"] : []);
    await pipeline(answer, firstBytes(cutAt(answer, size)), exchange.response);
  };
}

/** Flips the lowest bit of one byte of the answer's body. */
export function flipBit(position: number): Fault {
  return async (exchange) => {
    const answer = await exchange.forward();
    exchange.writeHead(answer);
    await pipeline(answer, flipping(position), exchange.response);
  };
}

/** Flips the lowest bit of one byte of the request's body on its way to the server. */
export function flipRequestBit(position: number): Fault {
  return async (exchange) => {
    const answer = await exchange.forward(flipping(position));
    exchange.writeHead(answer);
    await pipeline(answer, exchange.response);
  };
}

/** Hands the body on in pieces of `size` bytes with pauses between them. */
export function drip(size: number, pauseMs: number): Fault {
  return async (exchange) => {
    const answer = await exchange.forward();
    exchange.writeHead(answer);
    await pipeline(answer, (body: AsyncIterable<Buffer>) => dripping(body, size, pauseMs), exchange.response);
  };
}

/** Never answers. The server does not see the request. */
export function hang(): Fault {
  return async (exchange) => {
    await exchange.drain();
    await closed(exchange);
  };
}

/** Hands on at most `size` bytes of the body, never all of it, and then nothing more. An answer without a body is kept back. */
export function hangMidBody(size: number): Fault {
  return async (exchange) => {
    const answer = await exchange.forward();
    if (hasBody(exchange, answer)) {
      exchange.writeHead(answer);
      exchange.response.flushHeaders();
      await pipeline(answer, firstBytes(cutAt(answer, size)), exchange.response, { end: false });
    }
    await closed(exchange);
  };
}

/** Replaces the text of the answer's body. */
export function rewriteBody(rewrite: (body: string, exchange: Exchange) => string): Fault {
  return async (exchange) => {
    const answer = await exchange.forward();
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk);
    exchange.writeHead(answer, ["content-length"]);
    exchange.response.end(rewrite(Buffer.concat(chunks).toString(), exchange));
  };
}

/** Passes an answer on with another text in a header. */
export function rewriteHeader(name: string, rewrite: (value: string) => string): Fault {
  return async (exchange) => {
    const answer = await exchange.forward();
    const value = answer.headers[name];
    if (typeof value === "string") answer.headers[name] = rewrite(value);
    exchange.writeHead(answer);
    await pipeline(answer, exchange.response);
  };
}

function hasBody({ request }: Exchange, answer: IncomingMessage): boolean {
  return request.method !== "HEAD" && answer.statusCode !== 204 && announcedSize(answer) !== 0;
}

function cutAt(answer: IncomingMessage, size: number): number {
  return Math.min(size, (announcedSize(answer) ?? Number.POSITIVE_INFINITY) - 1);
}

function firstBytes(size: number): Transform {
  let left = size;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      const piece = chunk.subarray(0, Math.max(0, left));
      left -= piece.length;
      callback(null, piece);
    },
  });
}

function flipping(position: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      const index = position - passed;
      passed += chunk.length;
      if (index < 0 || index >= chunk.length) return callback(null, chunk);
      const flipped = Buffer.from(chunk);
      flipped.writeUInt8(flipped.readUInt8(index) ^ 1, index);
      callback(null, flipped);
    },
  });
}

async function* dripping(body: AsyncIterable<Buffer>, size: number, pauseMs: number): AsyncIterable<Buffer> {
  for await (const chunk of body) {
    for (let start = 0; start < chunk.length; start += size) {
      yield chunk.subarray(start, start + size);
      await delay(pauseMs);
    }
  }
}

/** Resolves when what was written has left for the client: a reset would drop it otherwise. */
async function flushed({ response }: Exchange): Promise<void> {
  const { socket } = response;
  while (socket && !socket.destroyed && socket.writableLength > 0)
    await new Promise((resolve) => setImmediate(resolve));
}

async function closed({ response }: Exchange): Promise<void> {
  if (!response.closed) await new Promise((resolve) => response.once("close", resolve));
}
