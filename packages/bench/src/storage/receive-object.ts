import { open } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { sendXml } from "../transfer/sinks/send-xml.ts";
import type { SinkExchange } from "../transfer/sinks/start-sink.ts";
import { ETAG } from "./job.ts";
import type { ObjectStore, Piece } from "./object-store.ts";
import { Pace } from "./pace.ts";
import { Refusal } from "./refusal.ts";

/** Answers the requests of one key that write: PutObject, and those of a multipart upload. Throws a {@link Refusal}. */
export class ObjectReceiver {
  readonly #store: ObjectStore;
  readonly #bytesPerSecond: number;

  constructor(store: ObjectStore, bytesPerSecond: number) {
    this.#store = store;
    this.#bytesPerSecond = bytesPerSecond;
  }

  async answer(exchange: SinkExchange, key: string): Promise<void> {
    const { request, url } = exchange;
    const id = url.searchParams.get("uploadId");
    const number = url.searchParams.get("partNumber");
    if (request.method === "POST" && id !== null) return this.#complete(exchange, key, id);
    if (request.method === "POST" && url.searchParams.has("uploads")) return this.#start(exchange, key);
    if (request.method === "PUT" && id !== null) return this.#takePart(exchange, id, Number(number));
    if (request.method === "PUT") return this.#put(exchange, key);
    if (request.method !== "DELETE" || id === null) throw new Refusal(405, "MethodNotAllowed");
    this.#store.abort(id);
    exchange.response.writeHead(204).end();
  }

  async #put({ request, response }: SinkExchange, key: string): Promise<void> {
    const piece = await this.#receive(request);
    this.#assertFree(request, key);
    this.#store.put(key, { pieces: [piece], writeId: writeIdOf(request) });
    response.writeHead(200, { etag: ETAG, "content-length": 0 }).end();
  }

  async #start(exchange: SinkExchange, key: string): Promise<void> {
    await text(exchange.request);
    const id = this.#store.start(key, writeIdOf(exchange.request));
    sendXml(exchange, "InitiateMultipartUploadResult", `<UploadId>${id}</UploadId>`);
  }

  async #takePart({ request, response }: SinkExchange, id: string, number: number): Promise<void> {
    this.#store.addPart(id, number, await this.#receive(request));
    response.writeHead(200, { etag: ETAG, "content-length": 0 }).end();
  }

  async #complete(exchange: SinkExchange, key: string, id: string): Promise<void> {
    const listed = await text(exchange.request);
    this.#assertFree(exchange.request, key);
    const numbers = [...listed.matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) => Number(number));
    this.#store.complete(id, numbers);
    sendXml(exchange, "CompleteMultipartUploadResult", `<ETag>${ETAG}</ETag>`);
  }

  #assertFree({ headers }: IncomingMessage, key: string): void {
    if (headers["if-none-match"] === "*" && this.#store.find(key)) throw new Refusal(412, "PreconditionFailed");
  }

  /** Reads a body into a file, no faster than the connection is. Refuses one in frames, which would be kept with it. */
  async #receive(request: IncomingMessage): Promise<Piece> {
    if (request.headers["content-encoding"]?.includes("aws-chunked")) throw new Refusal(501, "NotImplemented");
    const path = this.#store.newPath();
    const pace = new Pace(this.#bytesPerSecond);
    const file = await open(path, "wx");
    let size = 0;
    try {
      for await (const bytes of request as AsyncIterable<Buffer>) {
        await file.writeFile(bytes);
        size += bytes.length;
        await pace.pass(bytes.length);
      }
      return { path, size };
    } finally {
      await file.close();
    }
  }
}

function writeIdOf({ headers }: IncomingMessage): string | undefined {
  return headers["x-amz-meta-stowage-write"]?.toString();
}
