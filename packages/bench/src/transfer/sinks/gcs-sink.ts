import { pipeline } from "node:stream/promises";
import { CRC32C } from "@google-cloud/storage";
import { KEY } from "../job.ts";
import type { SeededContent } from "../seeded-content.ts";
import type { Server } from "../server.ts";
import { assertWhole, checkBody, ignoreBody, type SinkExchange, startSink } from "./start-sink.ts";

const BUCKET = "bench";
const GENERATION = "1700000000000000";

/**
 * Starts a server that speaks as much of the JSON API as a resumable upload and a download take, and costs so little that the
 * client is what is measured: anybody may use it and it keeps nothing, but it refuses any byte that is not the content's.
 */
export async function startGcsSink(content: SeededContent): Promise<Server> {
  const sink = new GcsSink(content);
  const { endpoint, close } = await startSink((exchange) => sink.answer(exchange));
  return { place: { endpoint, bucket: BUCKET }, close };
}

class GcsSink {
  readonly #content: SeededContent;
  readonly #crc32c: string;
  /** Bytes that the one open upload has. */
  #received = 0;

  constructor(content: SeededContent) {
    this.#content = content;
    const crc32c = new CRC32C();
    for (const chunk of content.chunks()) crc32c.update(chunk);
    this.#crc32c = crc32c.toString();
  }

  async answer(exchange: SinkExchange): Promise<void> {
    const { request, response, url } = exchange;
    if (request.method === "DELETE") return void response.writeHead(499).end(); // a cancelled upload
    if (url.pathname.startsWith("/upload/")) {
      return request.method === "PUT" ? this.#receive(exchange) : this.#start(exchange);
    }
    if (!url.pathname.endsWith(`/${KEY}`)) return sendJson(exchange, { kind: "storage#objects" });
    if (url.searchParams.get("alt") === "media") return this.#send(exchange);
    return sendJson(exchange, this.#resource());
  }

  async #start({ request, response, url }: SinkExchange): Promise<void> {
    if (url.searchParams.get("uploadType") !== "resumable") throw new Error("only resumable uploads are expected here");
    await ignoreBody(request);
    this.#received = 0;
    const location = `http://${request.headers.host}${url.pathname}?uploadType=resumable&upload_id=bench`;
    response.writeHead(200, { location, "content-length": 0 }).end();
  }

  /** Takes "bytes 0-9/*", "bytes 0-9/10", and the "bytes 0-*" of a request that holds all there is. */
  async #receive(exchange: SinkExchange): Promise<void> {
    const { request, response } = exchange;
    const [, start, end, total] = /^bytes (\d+)-(\d+|\*)\/(\d+|\*)$/.exec(request.headers["content-range"] ?? "") ?? [];
    if (Number(start) !== this.#received) throw new Error(`byte ${this.#received} was expected, not ${start}`);
    this.#received = await checkBody(request, this.#content, this.#received);
    const isLast = end === "*" || (total !== "*" && Number(total) === this.#received);
    if (isLast) {
      assertWhole(this.#received, this.#content);
      return sendJson(exchange, this.#resource());
    }
    response.writeHead(308, { range: `bytes=0-${this.#received - 1}`, "content-length": 0 }).end();
  }

  async #send({ response }: SinkExchange): Promise<void> {
    response.writeHead(200, {
      "content-length": this.#content.size,
      "content-type": "application/octet-stream",
      "last-modified": new Date().toUTCString(),
      "x-goog-generation": GENERATION,
      "x-goog-hash": `crc32c=${this.#crc32c}`,
      "x-goog-stored-content-encoding": "identity",
      "x-goog-stored-content-length": this.#content.size,
    });
    await pipeline(this.#content.stream(), response);
  }

  #resource() {
    return {
      kind: "storage#object",
      name: KEY,
      bucket: BUCKET,
      size: String(this.#content.size),
      generation: GENERATION,
      timeCreated: new Date().toISOString(),
      crc32c: this.#crc32c,
    };
  }
}

async function sendJson({ response }: SinkExchange, resource: object): Promise<void> {
  response.writeHead(200, { "content-type": "application/json; charset=UTF-8" }).end(JSON.stringify(resource));
}
