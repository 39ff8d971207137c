import { type FileInfo, type ReadRangeOptions, retry } from "@stowage/core/driver";
import { classifyGcsError, isTransient } from "../classify-gcs-error.ts";
import { GcsError } from "../gcs-error.ts";
import type { GcsClient } from "../http/gcs-client.ts";
import type { HttpReply } from "../http/http-reply.ts";
import { describeObject } from "../object-resource.ts";
import { type Download, resumedContent } from "./resumed-content.ts";

/** Attempts to go on after a download broke off, until a byte comes. */
const RESUME_ATTEMPTS = 3;

/** Downloads an object: its description and its bytes come in one answer, and are of one generation to the end. */
export async function readObject(
  client: GcsClient,
  key: string,
  { range, signal }: ReadRangeOptions,
): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
  const name = `${client.settings.prefix}${key}`;
  const first = await client
    .retrying(signal, () => openDownload(client, name, { range, signal }))
    .catch((error: unknown) => openAfter(error, client, name, { range, signal }));
  const { size, generation } = first.object;
  const end = Math.min(range?.end ?? size, size);
  const resume = async (start: number, attempt: (download: Download) => Promise<IteratorResult<Uint8Array>>) => {
    const policy = { ...client.settings.retry, attempts: RESUME_ATTEMPTS };
    const options = { isRetryable: isTransient, signal, policy };
    return retry(
      async () => attempt(await reopenDownload(client, name, { range: { start, end }, generation, signal })),
      options,
    );
  };
  const content = resumedContent(first, { start: range?.start ?? 0, end, resume });
  return { info: describeObject(key, first.object), content };
}

/** A download's 404 need not say what is missing. The description of the object does, or tells that it came meanwhile. */
async function openAfter(
  error: unknown,
  client: GcsClient,
  name: string,
  { range, signal }: ReadRangeOptions,
): Promise<Download> {
  const isBare = error instanceof GcsError && error.status === 404 && classifyGcsError(error).code === "INTERNAL";
  if (!isBare) throw error;
  await client.retrying(signal, () => client.json({ path: client.objectPath(name), signal }));
  return openDownload(client, name, { range, signal });
}

interface DownloadOptions extends ReadRangeOptions {
  readonly generation?: string;
}

async function reopenDownload(client: GcsClient, name: string, options: DownloadOptions): Promise<Download> {
  try {
    return await openDownload(client, name, options);
  } catch (error) {
    if (!(error instanceof GcsError) || error.status !== 404) throw error;
    throw new GcsError("changed", "the object was replaced or deleted while it was read");
  }
}

async function openDownload(
  client: GcsClient,
  name: string,
  { range, generation, signal }: DownloadOptions,
): Promise<Download> {
  const reply = await client.send({
    path: client.objectPath(name),
    query: { alt: "media", ...(generation === undefined ? {} : { generation }) },
    headers: {
      "accept-encoding": "gzip", // as it is stored: otherwise objects with a content encoding come unpacked
      ...(range ? { range: `bytes=${range.start}-${range.end === undefined ? "" : range.end - 1}` } : {}),
    },
    signal,
  });
  try {
    return parseDownload(reply, range?.start);
  } catch (error) {
    reply.discard();
    throw error;
  }
}

function parseDownload(reply: HttpReply, start: number | undefined): Download {
  const contentRange = /^bytes (\d+)-\d+\/(\d+)$/.exec(reply.header("content-range") ?? "");
  if (start !== undefined && (reply.status !== 206 || Number(contentRange?.[1]) !== start)) {
    throw new GcsError("malformed", "the service ignored the range");
  }
  const size = Number(
    contentRange?.[2] ?? reply.header("x-goog-stored-content-length") ?? reply.header("content-length"),
  );
  const generation = reply.header("x-goog-generation");
  const createdAt = new Date(reply.header("last-modified") ?? "");
  if (!Number.isSafeInteger(size) || generation === undefined || Number.isNaN(createdAt.getTime())) {
    throw new GcsError("malformed", "the answer describes no object");
  }
  const object = { size, generation, createdAt, contentType: reply.header("content-type") };
  return { reply, object, crc32c: /crc32c=([\w+/=]+)/.exec(reply.header("x-goog-hash") ?? "")?.[1] };
}
