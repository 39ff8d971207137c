import { Readable } from "node:stream";
import { isValidKey } from "@stowage/core/driver";
import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering } from "../error-answer.ts";
import { noContent } from "../json-response.ts";
import { archiveContent } from "../multipart/archive-content.ts";
import { boundaryOf } from "../multipart/boundary.ts";
import { malformed, noFile, refusedField } from "../multipart/malformed.ts";
import { MAX_FORM_OVERHEAD, readSingleFile, type SingleFile } from "../multipart/single-file.ts";
import type { RequestContext } from "../request-context.ts";

/** `POST /api/backups/upload`: streams the one file of a form into the storage. The name of the file becomes the key. */
export async function uploadBackup(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  const { request, options } = context;
  const { maxUploadSize } = options;
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (maxUploadSize !== undefined && announced > maxUploadSize + MAX_FORM_OVERHEAD) throw tooLarge();
  const boundary = boundaryOf(request.headers.get("content-type"));
  if (boundary === undefined || request.body === null) throw noFile();
  const file = await readSingleFile(request.body, boundary);
  try {
    await store(file, keyOf(file), context);
  } finally {
    file.release();
  }
  return noContent();
}

/** The name as it was sent: a name that is no key is refused, never repaired. */
function keyOf({ filename }: SingleFile): string {
  if (isValidKey(filename)) return filename;
  throw refused("validation_backup_name_exists", "The backup file name is invalid or already exists.");
}

async function store({ content }: SingleFile, key: string, { manager, request, options }: RequestContext) {
  const notAnArchive = () =>
    refused("validation_invalid_mime_type", `${JSON.stringify(key)} mime type must be one of: application/zip.`);
  const archive = archiveContent(content, { maxSize: options.maxUploadSize, notAnArchive });
  const answers = {
    ALREADY_EXISTS: () =>
      refused("validation_backup_name_exists", "Backup file with the specified name already exists."),
    INVALID_ARCHIVE: () => refused("validation_invalid_mime_type", `${JSON.stringify(key)} is not a valid archive.`),
    SOURCE_UNREADABLE: () => malformed(),
    otherwise: MESSAGES.uploadFailed,
  };
  const stream = Readable.from(archive, { objectMode: false });
  await answering(answers, () => manager.upload(key, stream, { signal: request.signal }));
}

function refused(code: string, message: string): ApiError {
  return refusedField("file", code, message);
}

function tooLarge(): ApiError {
  return new ApiError(413, MESSAGES.tooLarge);
}
