import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import { StowageError } from "@stowage/core";
import { assertOptions, type OptionRules, rule, warnOf } from "@stowage/core/driver";
import type { ClientInfo } from "../authentication.ts";
import { refusedRequest } from "../refused-request.ts";
import { discardRest } from "./discard-rest.ts";
import { RequestBody } from "./request-body.ts";
import { toWebRequest } from "./to-web-request.ts";
import { discardBody, writeResponse } from "./write-response.ts";

/** A handler of web-standard requests, such as `createBackupsHandler` makes. */
export interface WebHandler {
  (request: Request, info?: ClientInfo): Promise<Response> | Response;
  /** Whether a request is the handler's. Left out, all are. */
  matches?(request: { readonly url?: string | undefined }): boolean;
}

export interface NodeListenerOptions {
  /**
   * After how long a client is ended that sends nothing of the body it owes, or takes nothing of the answer, in milliseconds.
   * Time in which the server works does not count. Default 30,000.
   */
  readonly idleTimeoutMs?: number;
}

/** What `http.createServer` calls, and a framework, with what goes on where a request is none of the handler's. */
export type NodeListener = (incoming: IncomingMessage, outgoing: ServerResponse, next?: () => void) => void;

const OPTIONS: OptionRules<NodeListenerOptions> = { idleTimeoutMs: rule.timerMs(1) };
const NO_HANDLER = "handler: not a function; give what createBackupsHandler({ manager, auth }) makes";

/** What is known of the server that listens. */
interface Surroundings {
  /** Whether nothing can be in front that judges paths, so that the absolute form of a URL can be taken. */
  readonly takesAbsoluteForm: boolean;
}

interface Exchange extends Surroundings {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly idleTimeoutMs: number;
}

/**
 * Makes a listener for `http.createServer`, and for what understands one: Express, Connect, Nest. Mount it before anything that
 * reads bodies. Bodies stream both ways, as fast as the other side takes them. In a framework, requests of which
 * {@link WebHandler.matches} says no go on to the application.
 *
 * Answers 400 itself to a request that has no web form: see the paths that it refuses in the README. Throws `CONFIG_INVALID` for a
 * handler that is no function and for wrong options. A handler that fails or returns no response is a 500 and a warning.
 */
export function toNodeListener(handler: WebHandler, options: NodeListenerOptions = {}): NodeListener {
  return makeListener(handler, options, { takesAbsoluteForm: false });
}

/** Makes a listener like {@link toNodeListener} for surroundings that are known. */
export function makeListener(
  handler: WebHandler,
  options: NodeListenerOptions,
  surroundings: Surroundings,
): NodeListener {
  if (typeof handler !== "function") throw new StowageError("CONFIG_INVALID", NO_HANDLER);
  assertOptions(options, OPTIONS, { code: "CONFIG_INVALID" });
  const { idleTimeoutMs = 30_000 } = options;
  return (incoming, outgoing, next) => {
    if (typeof next === "function" && handler.matches?.(incoming) === false) return next();
    outgoing.on("error", () => {}); // the client left: "close" follows
    answer(handler, { incoming, outgoing, idleTimeoutMs, ...surroundings }).catch(() => outgoing.destroy());
  };
}

async function answer(handler: WebHandler, exchange: Exchange): Promise<void> {
  const { incoming, outgoing, idleTimeoutMs, takesAbsoluteForm } = exchange;
  const body = new RequestBody(incoming, { idleTimeoutMs });
  const request = toWebRequest(incoming, { body, signal: signalOf(outgoing), takesAbsoluteForm });
  const { remoteAddress } = incoming.socket;
  const response = request ? await responseOf(handler, request, { remoteAddress }) : refusedRequest(400);
  if (outgoing.destroyed) return discardBody(response);
  body.release();
  if (!incoming.complete) await setImmediate(); // what came with the head is looked at after the head
  if (!incoming.complete) outgoing.setHeader("connection", "close");
  const rest = discardRest(incoming, { idleTimeoutMs });
  await writeResponse(outgoing, response, { idleTimeoutMs, isHead: incoming.method === "HEAD" });
  await rest; // a socket that closes with bytes unread takes the answer away from a client that still sends
  outgoing.end();
}

async function responseOf(handler: WebHandler, request: Request, info: ClientInfo): Promise<Response> {
  try {
    const response: unknown = await handler(request, info);
    if (isResponse(response)) return response;
    throw new StowageError("INTERNAL", "the handler returned no Response", { operation: "toNodeListener" });
  } catch (error) {
    if (!request.signal.aborted) warnOf(error);
    return refusedRequest(500);
  }
}

/** By what is read of it, because it may come from another implementation of the web's types. */
function isResponse(value: unknown): value is Response {
  const { status, headers, arrayBuffer } = (value ?? {}) as Partial<Response>;
  return typeof status === "number" && typeof headers?.getSetCookie === "function" && typeof arrayBuffer === "function";
}

/** A signal that aborts when the client leaves before it has its answer. */
function signalOf(outgoing: ServerResponse): AbortSignal {
  const leave = new AbortController();
  outgoing.once("close", () => {
    if (!outgoing.writableFinished) leave.abort(new DOMException("The client left.", "AbortError"));
  });
  return leave.signal;
}
