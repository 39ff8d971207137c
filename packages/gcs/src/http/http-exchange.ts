import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { IdleWatch } from "@stowage/core/driver";
import { GcsError, networkError } from "../gcs-error.ts";
import { HttpReply } from "./http-reply.ts";

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent one after the other. Must not change before the call has settled. */
  readonly body?: readonly Uint8Array[] | undefined;
  readonly agent: Agent;
  readonly signal: AbortSignal;
  readonly connectTimeoutMs: number;
  /** The longest time without a byte in either direction, in milliseconds. */
  readonly idleTimeoutMs: number;
  /**
   * How long an aborted request may still wait for its answer once all of it has been sent, in milliseconds: what it
   * commits would otherwise come after the call has rejected. An answer that comes counts. Not at all when left out.
   */
  readonly abortGraceMs?: number | undefined;
}

/** Bytes handed to the socket at once. The idle watch starts anew with each slice that has left. */
const SLICE_SIZE = 256 * 1024;

/**
 * Sends one HTTP request and resolves with the head of the answer, whatever its status. Nothing is tried again, no
 * redirect is followed. An abort rejects with the signal's reason, anything else with a {@link GcsError}.
 */
export async function exchange(request: HttpRequest): Promise<HttpReply> {
  const { signal } = request;
  signal.throwIfAborted();
  const outgoing = start(request);
  const watch = new IdleWatch(request.idleTimeoutMs, () => {
    outgoing.destroy(new GcsError("idle", `no byte moved for ${request.idleTimeoutMs} ms`));
  });
  const stopWaiting = boundConnecting(outgoing, request.connectTimeoutMs);
  const removeListener = destroyOnAbort(outgoing, request);
  try {
    const answered = answerOf(outgoing);
    sendBody(outgoing, request.body ?? [], watch);
    const { signal: lasting } = request.abortGraceMs ? new AbortController() : request;
    const reply = new HttpReply(await answered, outgoing, { ...request, signal: lasting });
    if (lasting.aborted) reply.discard();
    lasting.throwIfAborted();
    return reply;
  } catch (error) {
    signal.throwIfAborted();
    throw networkError(error);
  } finally {
    watch.stop();
    stopWaiting();
    removeListener();
  }
}

function start({ url, method, headers, body = [], agent }: HttpRequest): ClientRequest {
  const size = body.reduce((sum, piece) => sum + piece.length, 0);
  const length = method === "GET" ? {} : { "content-length": String(size) };
  const request = url.protocol === "https:" ? requestHttps : requestHttp;
  return request(url, { method, agent, headers: { ...headers, ...length } });
}

function boundConnecting(outgoing: ClientRequest, timeoutMs: number): () => void {
  const fail = () => outgoing.destroy(new GcsError("idle", `no connection was made within ${timeoutMs} ms`));
  const timer = setTimeout(fail, timeoutMs);
  const stop = () => clearTimeout(timer);
  outgoing.once("socket", (socket) => {
    if (socket.connecting) socket.once("encrypted" in socket ? "secureConnect" : "connect", stop);
    else stop();
  });
  return stop;
}

/** Returns what takes the listener from the signal again. */
function destroyOnAbort(outgoing: ClientRequest, { signal, abortGraceMs = 0 }: HttpRequest): () => void {
  let timer: NodeJS.Timeout | undefined;
  const destroy = () => outgoing.destroy(new Error("aborted"));
  const abort = () => {
    if (abortGraceMs > 0 && outgoing.writableEnded) timer = setTimeout(destroy, abortGraceMs);
    else destroy();
  };
  signal.addEventListener("abort", abort, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  };
}

function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on("error", reject); // stays: a late failure of the socket must find a listener
    outgoing.once("response", resolve);
  });
}

function sendBody(outgoing: ClientRequest, body: readonly Uint8Array[], watch: IdleWatch): void {
  const slices = body.flatMap(slice);
  const sendNext = () => {
    for (let piece = slices.shift(); piece; piece = slices.shift()) {
      watch.restart();
      if (!outgoing.write(piece)) return void outgoing.once("drain", sendNext);
    }
    watch.restart();
    outgoing.end();
  };
  sendNext();
}

function slice(piece: Uint8Array): Uint8Array[] {
  const count = Math.ceil(piece.length / SLICE_SIZE);
  return Array.from({ length: count }, (_, index) => piece.subarray(index * SLICE_SIZE, (index + 1) * SLICE_SIZE));
}
