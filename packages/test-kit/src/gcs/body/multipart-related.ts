import { invalid } from "../gcs-reply-error.ts";
import type { ObjectMetadata } from "../store/object-store.ts";
import type { Spool } from "./spool.ts";

const MAX_HEAD_SIZE = 256 * 1024;

/**
 * Takes a `multipart/related` upload apart: JSON metadata first, then the media, which goes to `spool` as it comes
 * (https://cloud.google.com/storage/docs/uploading-objects#multipart-upload).
 */
export async function readMultipartRelated(
  body: AsyncIterable<Buffer>,
  contentType: string,
  spool: Spool,
): Promise<ObjectMetadata> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/.exec(contentType);
  if (!boundary) throw invalid("Malformed multipart body: no boundary.");
  const delimiter = `\r\n--${boundary[1] ?? boundary[2]}`;
  let head: ReturnType<typeof parseHead>;
  let held: Buffer = Buffer.from("\r\n");
  for await (const chunk of body) {
    held = Buffer.concat([held, chunk]);
    if (!head) {
      head = parseHead(held, delimiter);
      if (!head) assertHeadSize(held);
      else held = held.subarray(head.end);
    }
    if (head) held = await drain(held, spool, delimiter.length + 8);
  }
  const end = held.lastIndexOf(`${delimiter}--`);
  if (!head || end < 0) throw invalid("Malformed multipart body.");
  await spool.append(held.subarray(0, end));
  return head.metadata;
}

function parseHead(bytes: Buffer, delimiter: string): { metadata: ObjectMetadata; end: number } | undefined {
  const jsonStart = bytes.indexOf("\r\n\r\n");
  const jsonEnd = bytes.indexOf(delimiter, jsonStart + 4);
  const mediaStart = bytes.indexOf("\r\n\r\n", jsonEnd + 1);
  if (jsonStart < 0 || jsonEnd < 0 || mediaStart < 0) return undefined;
  const metadata = JSON.parse(bytes.subarray(jsonStart + 4, jsonEnd).toString()) as ObjectMetadata;
  const contentType = /content-type:\s*([^\r\n]+)/i.exec(bytes.subarray(jsonEnd, mediaStart).toString())?.[1];
  return { metadata: { ...(contentType === undefined ? {} : { contentType }), ...metadata }, end: mediaStart + 4 };
}

/** Moves all but the last `keep` bytes on, which may hold the beginning of the closing delimiter. */
async function drain(held: Buffer, spool: Spool, keep: number): Promise<Buffer> {
  if (held.length <= keep) return held;
  await spool.append(held.subarray(0, held.length - keep));
  return held.subarray(held.length - keep);
}

function assertHeadSize(bytes: Buffer): void {
  if (bytes.length > MAX_HEAD_SIZE) throw invalid("Malformed multipart body: the metadata do not end.");
}
