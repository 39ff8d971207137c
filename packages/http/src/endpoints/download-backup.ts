import { type FileInfo, StowageError } from "@stowage/core";
import { attachment } from "@stowage/core/driver";
import { ApiError } from "../api-error.ts";
import { assertFileAccess } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { isUnchanged, requestedRange } from "../download/conditions.ts";
import { entityTag } from "../download/entity-tag.ts";
import { type OpenVersion, openVersion, stat } from "../download/open-version.ts";
import { PRIVATE_HEADERS } from "../download/private-headers.ts";
import { streamedResponse } from "../download/streamed-response.ts";
import { watchedContent } from "../download/watched-content.ts";
import { answering, type ErrorAnswers } from "../error-answer.ts";
import type { RequestContext } from "../request-context.ts";

const missing = () => new ApiError(404, MESSAGES.notFound);

const ANSWERS: ErrorAnswers = {
  NOT_FOUND: missing,
  INVALID_KEY: missing,
  FILESYSTEM_UNAVAILABLE: (cause) => new ApiError(400, MESSAGES.noDownloads, { cause }),
  otherwise: MESSAGES.noDownloads,
};

/** `GET` and `HEAD` of `/api/backups/{key}`: the archive, or the one range of it that is asked for. */
export async function downloadBackup(context: RequestContext): Promise<Response> {
  await assertFileAccess(context);
  return answering(ANSWERS, async () => (await redirect(context)) ?? (await serve(context)));
}

/** Sends the client to the storage: only for what is there, and only for a GET, because a URL is signed for one method. */
async function redirect(context: RequestContext): Promise<Response | undefined> {
  const { request, key, options } = context;
  if (!options.signDownload || request.method !== "GET") return undefined;
  await stat(context);
  const location = locationOf(await options.signDownload(key, { signal: request.signal }));
  if (location === undefined) return undefined;
  return new Response(null, { status: 302, headers: { ...PRIVATE_HEADERS, location } });
}

/** An address of the web, or a path of this server. */
function locationOf(signed: unknown): string | undefined {
  if (signed === undefined || signed === null) return undefined;
  const location = signed instanceof URL ? signed.href : signed;
  if (
    typeof location === "string" &&
    /^(https?:\/\/|\/)/i.test(location) &&
    URL.canParse(location, "http://localhost")
  ) {
    return location;
  }
  throw new StowageError("CONFIG_INVALID", "signDownload: it returned no http or https URL");
}

async function serve(context: RequestContext): Promise<Response> {
  const { request } = context;
  if (!isConditional(request)) return send(context, await openVersion(context));
  const info = await stat(context);
  if (isUnchanged(request.headers, info)) return new Response(null, { status: 304, headers: described(info) });
  const range = request.method === "HEAD" ? "whole" : requestedRange(request.headers, info);
  if (range === "unsatisfiable") throw unsatisfiable(info);
  if (request.method === "HEAD") return new Response(null, { headers: { ...described(info), ...sized(info.size) } });
  return send(context, await openVersion(context, { info, range }));
}

/** Whether what is sent depends on the object's description. */
function isConditional({ method, headers }: Request): boolean {
  return method === "HEAD" || ["range", "if-none-match", "if-modified-since"].some((name) => headers.has(name));
}

function send(context: RequestContext, opened: OpenVersion): Response {
  const { info, range } = opened;
  const content = watchedContent(context, opened.content);
  const headers = described(info);
  if (range === "whole") return streamedResponse(content, { headers: { ...headers, ...sized(info.size) } });
  const { start, end } = range;
  const part = { "content-range": `bytes ${start}-${end - 1}/${info.size}`, ...sized(end - start) };
  return streamedResponse(content, { status: 206, headers: { ...headers, ...part } });
}

function sized(size: number): Record<string, string> {
  return { "content-length": String(size) };
}

function described(info: FileInfo): Record<string, string> {
  return {
    ...PRIVATE_HEADERS,
    "accept-ranges": "bytes",
    "content-disposition": attachment(info.key),
    "content-type": "application/zip",
    etag: entityTag(info),
    "last-modified": info.modifiedAt.toUTCString(),
  };
}

function unsatisfiable({ size }: FileInfo): ApiError {
  return new ApiError(416, "The requested range cannot be satisfied.", {
    headers: { ...PRIVATE_HEADERS, "content-range": `bytes */${size}` },
  });
}
