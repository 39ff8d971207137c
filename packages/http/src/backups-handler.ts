import { ApiError } from "./api-error.ts";
import type { Authentication, ClientInfo } from "./authentication.ts";
import { withBodyDeadline } from "./body-deadline.ts";
import { preflight, withCors } from "./cors.ts";
import { MESSAGES } from "./documented-messages.ts";
import { uploadBackup } from "./endpoints/upload-backup.ts";
import { errorResponse } from "./error-response.ts";
import { assertHandlerOptions, type BackupsHandlerOptions } from "./handler-options.ts";
import type { Endpoint, Service } from "./request-context.ts";
import { decodeSegment, pathBelow, sentPath } from "./request-path.ts";
import { isBackupsPath, type Route, routeOf } from "./routes.ts";
import { withSecurityHeaders } from "./security-headers.ts";
import { StatusStreams } from "./status/status-streams.ts";

const BODY_TIMEOUT_MS = 30_000;

/** Answers a request. Never rejects. */
export interface BackupsHandler {
  (request: Request, info?: ClientInfo): Promise<Response>;
  /** Whether a path is one of this handler's, whatever the method: a `Request`, or a request of Node's. Others are the application's. */
  matches(request: { readonly url?: string | undefined }): boolean;
}

/**
 * Makes the handler of PocketBase's Backups API. Throws `CONFIG_INVALID` for options that are wrong.
 *
 * A request is authorised before its body is read; archives stream in and out and are never held in memory.
 */
export function createBackupsHandler(options: BackupsHandlerOptions): BackupsHandler {
  assertHandlerOptions(options);
  const { manager, auth, cors, onError } = options;
  const streams = new StatusStreams(manager, options);
  const authentication = typeof auth === "function" ? { authenticate: auth } : auth;
  const service = { manager, auth: authentication, options, streams };
  const handler = async (request: Request, info: ClientInfo = {}) => {
    const answered = answer(request, info, service);
    const response = await answered.catch((error) => errorResponse(error, request, onError));
    const sent = request.method === "HEAD" ? withoutBody(response) : response;
    return withCors(withSecurityHeaders(sent), request, cors);
  };
  return Object.assign(handler, {
    matches: ({ url = "" }: { readonly url?: string | undefined }) => isOwn(sentPath(url), service),
  });
}

function isOwn(sent: string, { auth, options }: Service): boolean {
  const path = pathBelow(options.basePath ?? "", sent);
  return path !== undefined && (isBackupsPath(path) || (auth.paths?.includes(path) ?? false));
}

async function answer(request: Request, info: ClientInfo, service: Service): Promise<Response> {
  const { auth, options } = service;
  const url = new URL(request.url);
  const path = pathBelow(options.basePath ?? "", url.pathname);
  if (path === undefined) throw new ApiError(404, MESSAGES.notFound);
  const allowed = preflight(request, options.cors);
  if (allowed) return allowed;
  const route = routeOf(path, url.searchParams);
  const endpoint = route && endpointOf(route, request.method);
  const isStreamed = endpoint === uploadBackup; // the only body that may take as long as it likes
  const bounded = isStreamed ? request : withBodyDeadline(request, options.bodyTimeoutMs ?? BODY_TIMEOUT_MS);
  if (!endpoint) return answerOfAuthentication(auth, rebased(bounded, url, path), info);
  const names = { key: decodeSegment(route.segment), entryName: decodeSegment(route.entry ?? "") };
  return endpoint({ ...service, request: bounded, url, info, ...names });
}

async function answerOfAuthentication(auth: Authentication, request: Request, info: ClientInfo): Promise<Response> {
  const response = await auth.handle?.(request, info);
  if (response) return new Response(response.body, response); // the headers of some responses cannot be changed
  throw new ApiError(404, MESSAGES.notFound);
}

/** HEAD is answered where GET is. */
function endpointOf({ endpoints }: Route, method: string): Endpoint {
  const name = method === "HEAD" ? "GET" : method;
  const endpoint = Object.hasOwn(endpoints, name) ? endpoints[name] : undefined;
  if (endpoint) return endpoint;
  const methods = Object.keys(endpoints).flatMap((known) => (known === "GET" ? ["GET", "HEAD"] : [known]));
  throw new ApiError(405, MESSAGES.methodNotAllowed, { headers: { allow: methods.join(", ") } });
}

/** The same request as the authentication would see it without a base path. */
function rebased(request: Request, url: URL, path: string): Request {
  if (url.pathname === path) return request;
  const target = new URL(url);
  target.pathname = path;
  return new Request(target, request);
}

function withoutBody(response: Response): Response {
  if (response.body === null) return response;
  response.body.cancel().catch(() => {}); // nobody reads it
  return new Response(null, response);
}
