import { ApiError } from "./api-error.ts";

/** Bytes. */
const MAX_BODY_SIZE = 8 * 1024;

/**
 * Reads the fields of a small body: JSON, `application/x-www-form-urlencoded` or `multipart/form-data`; none without a body.
 *
 * Throws an `ApiError`: 413 for a body of over 8 KiB, 400 for one that cannot be read.
 */
export async function bodyFields(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await boundedBytes(request);
  if (bytes.length === 0) return {};
  try {
    return await parse(bytes, request.headers.get("content-type"));
  } catch {
    throw unreadable();
  }
}

async function boundedBytes(request: Request): Promise<Buffer> {
  if (Number(request.headers.get("content-length")) > MAX_BODY_SIZE) throw tooLarge();
  if (request.body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.length;
      if (size > MAX_BODY_SIZE) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ApiError ? error : unreadable();
  }
  return Buffer.concat(chunks);
}

async function parse(bytes: Buffer, contentType: string | null): Promise<Record<string, unknown>> {
  const mediaType = (contentType ?? "application/json").split(";")[0]?.trim().toLowerCase();
  if (mediaType === "application/json") return asFields(JSON.parse(decode(bytes)));
  if (mediaType === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(decode(bytes)));
  if (mediaType !== "multipart/form-data") throw new TypeError("unsupported content type");
  const response = new Response(new Uint8Array(bytes), { headers: { "content-type": contentType ?? "" } });
  return Object.fromEntries(await response.formData());
}

function asFields(json: unknown): Record<string, unknown> {
  if (typeof json !== "object" || Array.isArray(json)) throw new TypeError("not an object");
  return { ...json };
}

function decode(bytes: Buffer): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

function tooLarge(): ApiError {
  return new ApiError(413, "Request entity too large.");
}

/** Has no cause: the error of a parser quotes the body, and so a password. */
function unreadable(): ApiError {
  return new ApiError(400, "An error occurred while loading the submitted data.");
}
