import type { ArchiveEntry } from "@stowage/core";
import { attachment } from "@stowage/core/driver";
import { ApiError } from "../api-error.ts";
import { assertFileAccess } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { PRIVATE_HEADERS } from "../download/private-headers.ts";
import { streamedResponse } from "../download/streamed-response.ts";
import { watchedContent } from "../download/watched-content.ts";
import { answering, type ErrorAnswers } from "../error-answer.ts";
import type { RequestContext } from "../request-context.ts";

const missing = () => new ApiError(404, MESSAGES.notFound);

const ANSWERS: ErrorAnswers = {
  NOT_FOUND: missing,
  INVALID_KEY: missing,
  INVALID_ARCHIVE: () => new ApiError(400, MESSAGES.restoreMissing),
  FILESYSTEM_UNAVAILABLE: (cause) => new ApiError(400, MESSAGES.noDownloads, { cause }),
  otherwise: MESSAGES.noDownloads,
};

/**
 * `GET` and `HEAD` of `/api/backups/{key}/entries/{path}`: one file of an archive, for whoever may download that. Always to be saved, of
 * no type that a browser shows: it may hold anything. Directories and links are 404.
 */
export async function downloadEntry(context: RequestContext): Promise<Response> {
  await assertFileAccess(context);
  const { manager, key, entryName, request } = context;
  const { signal } = request;
  const { entry, content } = await answering(ANSWERS, () => manager.openEntry(key, entryName, { signal }));
  const body = watchedContent(context, content);
  if (entry.type === "file") return streamedResponse(body, { headers: describing(entry) });
  body.destroy();
  throw missing();
}

function describing({ name, size, modifiedAt }: ArchiveEntry): Record<string, string> {
  return {
    ...PRIVATE_HEADERS,
    "content-disposition": attachment(name.slice(name.lastIndexOf("/") + 1)),
    "content-length": String(size),
    "content-type": "application/octet-stream",
    "last-modified": modifiedAt.toUTCString(),
  };
}
