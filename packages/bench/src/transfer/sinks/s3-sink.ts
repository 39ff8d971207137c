import { pipeline } from "node:stream/promises";
import { KEY, PART_SIZE } from "../job.ts";
import type { SeededContent } from "../seeded-content.ts";
import type { Server } from "../server.ts";
import { sendXml } from "./send-xml.ts";
import { assertWhole, checkBody, ignoreBody, type SinkExchange, startSink } from "./start-sink.ts";

const BUCKET = "bench";
const CREDENTIALS = { accessKeyId: "bench", secretAccessKey: "bench" };
const ETAG = '"0123456789abcdef0123456789abcdef"';

/**
 * Starts a server that speaks as much S3 as an upload and a download take, and costs so little that the client is what is
 * measured: it checks no signature and keeps nothing, but refuses any byte that is not the content's. Downloads are made up.
 */
export async function startS3Sink(content: SeededContent): Promise<Server> {
  const sink = new S3Sink(content);
  const { endpoint, close } = await startSink((exchange) => sink.answer(exchange));
  return { place: { endpoint, bucket: BUCKET, credentials: CREDENTIALS }, close };
}

class S3Sink {
  readonly #content: SeededContent;
  /** Bytes of each part of the one upload that is open. */
  #parts = new Map<number, number>();
  #writeId = "";

  constructor(content: SeededContent) {
    this.#content = content;
  }

  async answer(exchange: SinkExchange): Promise<void> {
    const { request, response, url } = exchange;
    const isObject = url.pathname.endsWith(`/${KEY}`);
    if (!isObject) return sendXml(exchange, "ListBucketResult", "<IsTruncated>false</IsTruncated>");
    if (request.method === "GET" || request.method === "HEAD") return this.#send(exchange);
    if (request.method === "PUT") return this.#receive(exchange);
    if (request.method === "POST") return url.searchParams.has("uploads") ? this.#start(exchange) : this.#end(exchange);
    response.writeHead(404).end("<Error><Code>NoSuchUpload</Code></Error>"); // an abort, of what nobody keeps
  }

  async #start(exchange: SinkExchange): Promise<void> {
    this.#parts = new Map();
    this.#noteWriteId(exchange);
    await ignoreBody(exchange.request);
    sendXml(exchange, "InitiateMultipartUploadResult", "<UploadId>bench</UploadId>");
  }

  async #receive({ request, response, url }: SinkExchange): Promise<void> {
    const number = url.searchParams.get("partNumber");
    const position = number === null ? 0 : (Number(number) - 1) * PART_SIZE;
    const end = await checkBody(request, this.#content, position);
    if (number === null) {
      assertWhole(end, this.#content);
      this.#noteWriteId({ request });
    } else this.#parts.set(Number(number), end - position);
    response.writeHead(200, { etag: ETAG, "content-length": 0 }).end();
  }

  async #end(exchange: SinkExchange): Promise<void> {
    await ignoreBody(exchange.request);
    assertWhole(
      [...this.#parts.values()].reduce((total, size) => total + size, 0),
      this.#content,
    );
    sendXml(exchange, "CompleteMultipartUploadResult", `<ETag>${ETAG}</ETag>`);
  }

  async #send({ request, response }: SinkExchange): Promise<void> {
    response.writeHead(200, {
      "content-length": this.#content.size,
      "content-type": "application/octet-stream",
      "last-modified": new Date().toUTCString(),
      "x-amz-meta-stowage-write": this.#writeId,
      etag: ETAG,
    });
    if (request.method === "HEAD") response.end();
    else await pipeline(this.#content.stream(), response);
  }

  #noteWriteId({ request }: Pick<SinkExchange, "request">): void {
    this.#writeId = request.headers["x-amz-meta-stowage-write"]?.toString() ?? "";
  }
}
