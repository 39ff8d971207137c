import { type FileHandle, open } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { type SinkExchange, startSink } from "../transfer/sinks/start-sink.ts";
import { BUCKET, COUNTER, KEY, listedKey, type ObjectServerOrder } from "./job.ts";

const PIECE_SIZE = 256 * 1_024;
const PAGE_SIZE = 1_000;
const ETAG = '"0123456789abcdef0123456789abcdef"';
const MODIFIED_AT = new Date("2026-01-01T00:00:00Z");

/** A server that runs. */
export interface ObjectServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts a server that speaks as much S3 as reading takes: a list of made-up objects in pages of 1,000, and one object, by ranges.
 * It checks no signature. It can be as slow as a service far away: a delay to the first byte, and so many bytes a second
 * on each connection. It counts the requests, which `COUNTER` tells.
 */
export async function startObjectServer(order: ObjectServerOrder): Promise<ObjectServer> {
  const file = order.archive === undefined ? undefined : await open(order.archive);
  const server = new Objects(order, file);
  const { endpoint, close } = await startSink((exchange) => server.answer(exchange));
  return {
    endpoint,
    close: async () => {
      await close();
      await file?.close();
    },
  };
}

class Objects {
  readonly #order: ObjectServerOrder;
  readonly #file: FileHandle | undefined;
  #requests = 0;

  constructor(order: ObjectServerOrder, file: FileHandle | undefined) {
    this.#order = order;
    this.#file = file;
  }

  async answer(exchange: SinkExchange): Promise<void> {
    const { response, url } = exchange;
    if (url.pathname === COUNTER) return void response.end(String(this.#requests));
    this.#requests++;
    if (this.#order.firstByteMs > 0) await delay(this.#order.firstByteMs);
    if (url.pathname === `/${BUCKET}/${KEY}` && this.#file) return this.#sendObject(exchange, this.#file);
    if (url.searchParams.get("list-type") === "2") return this.#sendList(exchange);
    response.writeHead(404).end();
  }

  #sendList({ response, url }: SinkExchange): void {
    const limit = Math.min(PAGE_SIZE, Number(url.searchParams.get("max-keys") ?? PAGE_SIZE));
    const start = Number(url.searchParams.get("continuation-token") ?? 0);
    const end = Math.min(this.#order.listed, start + limit);
    const contents = Array.from({ length: Math.max(0, end - start) }, (_, index) => contentsOf(start + index));
    const isTruncated = end < this.#order.listed;
    const next = isTruncated ? `<NextContinuationToken>${end}</NextContinuationToken>` : "";
    const children = `<IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join("")}`;
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult>${children}</ListBucketResult>`);
  }

  async #sendObject({ request, response }: SinkExchange, file: FileHandle): Promise<void> {
    const { size } = await file.stat();
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
    const start = Number(first ?? 0);
    const end = Math.min(size, last ? Number(last) + 1 : size);
    response.writeHead(first === undefined ? 200 : 206, {
      ...(first === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${size}` }),
      "content-length": end - start,
      "content-type": "application/zip",
      "last-modified": MODIFIED_AT.toUTCString(),
      etag: ETAG,
    });
    if (request.method === "HEAD") return void response.end();
    await this.#sendBytes(response, file, { start, end });
    response.end();
  }

  async #sendBytes(
    response: ServerResponse,
    file: FileHandle,
    { start, end }: { start: number; end: number },
  ): Promise<void> {
    const { bytesPerSecond = Number.POSITIVE_INFINITY } = this.#order;
    const startedAt = performance.now();
    for (let position = start; position < end && !response.destroyed; ) {
      const { bytesRead, buffer } = await file.read({
        buffer: Buffer.alloc(Math.min(PIECE_SIZE, end - position)),
        position,
      });
      position += bytesRead;
      if (!response.write(buffer.subarray(0, bytesRead))) await drained(response);
      const dueMs = ((position - start) / bytesPerSecond) * 1e3 - (performance.now() - startedAt);
      if (dueMs > 1) await delay(dueMs);
    }
  }
}

function contentsOf(index: number): string {
  const modifiedAt = new Date(MODIFIED_AT.getTime() + index * 1_000).toISOString();
  const etag = `<ETag>&quot;${index.toString(16).padStart(32, "0")}&quot;</ETag>`;
  return `<Contents><Key>${listedKey(index)}</Key><LastModified>${modifiedAt}</LastModified>${etag}<Size>${index}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}

/** Resolves when more may be written, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.once("drain", done).once("close", done);
  });
}
