import type { IncomingMessage, ServerResponse } from "node:http";
import { type Accounts, assertPermitted } from "./accounts.ts";
import { objectName, receiveMetadata, receiveUpload } from "./body/receive-upload.ts";
import { GcsReplyError } from "./gcs-reply-error.ts";
import { assertSigned } from "./signed-url.ts";
import { listObjects } from "./store/list-objects.ts";
import type { ObjectStore } from "./store/object-store.ts";
import type { ResumableUploads } from "./store/resumable-uploads.ts";
import { selectFields } from "./store/select-fields.ts";
import { sendObject } from "./store/send-object.ts";

export interface GcsState {
  readonly store: ObjectStore;
  readonly uploads: ResumableUploads;
  readonly accounts: Accounts;
  /** Whether a request must name a project that pays for it. */
  readonly requesterPays: boolean;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly query: URLSearchParams;
}

const UPLOAD = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/;
const API = /^(?:\/download)?\/storage\/v1\/b\/([^/]+)(\/o)?(?:\/([^/]+))?$/;
const SIGNED = /^\/([^/]+)\/(.+)$/;

/** Answers one request, or throws the refusal. The URL of an upload is permission enough to go on with it, as on GCS. */
export async function handleGcsRequest(
  request: IncomingMessage,
  response: ServerResponse,
  state: GcsState,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const path = request.url?.split("?")[0] ?? "";
  const exchange = { request, response, url, query: url.searchParams };
  if (state.requesterPays && !url.searchParams.get("userProject")) throw noUserProject();
  const upload = UPLOAD.exec(path);
  const api = API.exec(path);
  if (!upload && !api) return sendSigned(exchange, path, state);
  const isAnonymousChunk = url.searchParams.has("upload_id") && request.headers.authorization === undefined;
  if (!isAnonymousChunk)
    assertPermitted(state.accounts.authenticate(request.headers.authorization), request.method ?? "");
  state.store.assertBucket(decodeURIComponent((upload ?? api)?.[1] ?? ""));
  if (upload) return handleUpload(exchange, state);
  if (api?.[3] !== undefined) return handleObject(exchange, decodeURIComponent(api[3]), state);
  return handleBucket(exchange, api?.[2] !== undefined, state);
}

async function sendSigned(exchange: Exchange, path: string, { store, accounts }: GcsState): Promise<void> {
  const [, bucket = "", name = ""] = SIGNED.exec(path) ?? [];
  if (name === "") throw new GcsReplyError(404, "notFound", "Not Found");
  assertSigned(exchange.request, exchange.url, accounts);
  store.assertBucket(decodeURIComponent(bucket));
  if (exchange.request.method !== "GET" && exchange.request.method !== "HEAD") throw notAllowed();
  await sendObject(exchange, store.find(decodeURIComponent(name), exchange.query));
}

async function handleBucket(exchange: Exchange, isList: boolean, { store }: GcsState): Promise<void> {
  if (exchange.request.method !== "GET") throw notAllowed();
  sendJson(
    exchange,
    isList ? listObjects(store, exchange.query) : { kind: "storage#bucket", id: store.bucket, name: store.bucket },
  );
}

async function handleObject(exchange: Exchange, name: string, { store }: GcsState): Promise<void> {
  const { request, response, query } = exchange;
  if (request.method === "DELETE") {
    await store.delete(name, query);
    response.writeHead(204).end();
    return;
  }
  if (request.method !== "GET") throw notAllowed();
  const entry = store.find(name, query);
  store.assertConditions(name, query);
  if (query.get("alt") === "media") return sendObject(exchange, entry);
  sendJson(exchange, entry.object);
}

async function handleUpload(exchange: Exchange, { store, uploads }: GcsState): Promise<void> {
  const { request, response, query } = exchange;
  const id = query.get("upload_id");
  if (id !== null) return handleSession(exchange, id, uploads);
  if (request.method !== "POST") throw notAllowed();
  if (query.get("uploadType") !== "resumable") return sendJson(exchange, await receiveUpload(request, query, store));
  const metadata = await receiveMetadata(request);
  const name = objectName(query, metadata);
  const session = await uploads.start(name, query, metadata);
  const location = new URL(request.url ?? "", `http://${request.headers.host}`);
  location.search = new URLSearchParams({ uploadType: "resumable", name, upload_id: session }).toString();
  response.writeHead(200, { location: location.href, "x-guploader-uploadid": session, "content-length": 0 }).end();
}

async function handleSession(exchange: Exchange, id: string, uploads: ResumableUploads): Promise<void> {
  const { request, response } = exchange;
  if (request.method === "DELETE") {
    await uploads.cancel(id);
    response.writeHead(499, { "content-length": 0 }).end();
    return;
  }
  const { "content-range": contentRange, "x-goog-hash": hash } = request.headers;
  const reply = await uploads.put(id, { contentRange, hash: hash?.toString(), body: request });
  if ("object" in reply) return sendJson(exchange, reply.object);
  const range = reply.persisted === 0 ? {} : { range: `bytes=0-${reply.persisted - 1}` };
  response.writeHead(308, { ...range, "content-length": 0 }).end();
}

function sendJson({ response, query }: Exchange, resource: object): void {
  const text = JSON.stringify(selectFields(resource, query.get("fields")));
  response
    .writeHead(200, { "content-type": "application/json; charset=UTF-8", "content-length": Buffer.byteLength(text) })
    .end(text);
}

/** https://cloud.google.com/storage/docs/requester-pays */
function noUserProject(): GcsReplyError {
  const message = "Bucket is a requester pays bucket but no user project provided.";
  return new GcsReplyError(400, "required", message);
}

function notAllowed(): GcsReplyError {
  return new GcsReplyError(405, "methodNotAllowed", "Method not allowed.");
}
