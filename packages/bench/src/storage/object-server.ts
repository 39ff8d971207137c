import { stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { sendXml } from "../transfer/sinks/send-xml.ts";
import { type SinkExchange, startSink } from "../transfer/sinks/start-sink.ts";
import { BUCKET, COUNTER, KEY, type ObjectServerOrder, RECEIVED } from "./job.ts";
import { ObjectStore, type StoredObject } from "./object-store.ts";
import { ObjectReceiver } from "./receive-object.ts";
import { Refusal, sendRefusal } from "./refusal.ts";
import { sendList } from "./send-list.ts";
import { sendObject } from "./send-object.ts";

const FULL_SPEED = Number.POSITIVE_INFINITY;

/** A server that runs. */
export interface ObjectServer {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts a server that speaks as much S3 as a backup takes: a list of made-up objects in pages of 1,000, one object by ranges, and
 * writes in one request or in parts, which it keeps in files. It checks no signature and no checksum, and does not list what it received.
 * It can be as slow as a service far away: a delay to the first byte of an answer, and so many bytes a second each way on each
 * connection. It counts the requests, which `COUNTER` tells. `RECEIVED` sends what it holds at full speed, and by DELETE forgets it.
 */
export async function startObjectServer(order: ObjectServerOrder): Promise<ObjectServer> {
  const server = new ObjectService(order, new ObjectStore(await servedBy(order), order.received));
  return startSink((exchange) => server.answer(exchange));
}

async function servedBy({ archive }: ObjectServerOrder): Promise<ReadonlyMap<string, StoredObject>> {
  if (archive === undefined) return new Map();
  const { size } = await stat(archive);
  return new Map([[KEY, { pieces: [{ path: archive, size }] }]]);
}

class ObjectService {
  readonly #order: ObjectServerOrder;
  readonly #store: ObjectStore;
  readonly #receiver: ObjectReceiver;
  readonly #bytesPerSecond: number;
  #requests = 0;

  constructor(order: ObjectServerOrder, store: ObjectStore) {
    this.#order = order;
    this.#store = store;
    this.#bytesPerSecond = order.bytesPerSecond ?? FULL_SPEED;
    this.#receiver = new ObjectReceiver(store, this.#bytesPerSecond);
  }

  async answer(exchange: SinkExchange): Promise<void> {
    const { response, url } = exchange;
    try {
      if (url.pathname === COUNTER) return void response.end(String(this.#requests));
      if (url.pathname === RECEIVED) return await this.#answerReceived(exchange);
      this.#requests++;
      if (this.#order.firstByteMs > 0) await delay(this.#order.firstByteMs);
      await this.#answerClient(exchange);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      sendRefusal(exchange, error);
    }
  }

  async #answerReceived(exchange: SinkExchange): Promise<void> {
    if (exchange.request.method !== "DELETE") return this.#send(exchange, KEY, FULL_SPEED);
    await this.#store.forget();
    exchange.response.writeHead(204).end();
  }

  async #answerClient(exchange: SinkExchange): Promise<void> {
    const { request, url } = exchange;
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (isRead && url.searchParams.get("list-type") === "2") return sendList(exchange, this.#order.listed);
    if (isRead && url.searchParams.has("uploads")) return this.#sendNoUploads(exchange);
    const key = decodeURIComponent(url.pathname).slice(`/${BUCKET}/`.length);
    if (!isRead) return this.#receiver.answer(exchange, key);
    if (url.searchParams.has("uploadId")) throw new Refusal(404, "NoSuchUpload"); // parts are asked for behind an abort only
    await this.#send(exchange, key, this.#bytesPerSecond);
  }

  async #send(exchange: SinkExchange, key: string, bytesPerSecond: number): Promise<void> {
    const object = this.#store.find(key);
    if (!object) throw new Refusal(404, "NoSuchKey");
    await sendObject(exchange, object, bytesPerSecond);
  }

  /** Who opens the bucket looks for uploads that were left days ago, and here nobody left any. */
  #sendNoUploads(exchange: SinkExchange): void {
    sendXml(exchange, "ListMultipartUploadsResult", "<IsTruncated>false</IsTruncated>");
  }
}
