import { sendXml } from "../transfer/sinks/send-xml.ts";
import type { SinkExchange } from "../transfer/sinks/start-sink.ts";
import { listedKey } from "./job.ts";

const PAGE_SIZE = 1_000;
const FIRST_MODIFIED_AT = Date.parse("2026-01-01T00:00:00Z");

/** Answers ListObjectsV2 with a page of `listed` objects that are made up. */
export function sendList(exchange: SinkExchange, listed: number): void {
  const { searchParams } = exchange.url;
  const limit = Math.min(PAGE_SIZE, Number(searchParams.get("max-keys") ?? PAGE_SIZE));
  const start = Number(searchParams.get("continuation-token") ?? 0);
  const end = Math.min(listed, start + limit);
  const contents = Array.from({ length: Math.max(0, end - start) }, (_, index) => contentsOf(start + index));
  const isTruncated = end < listed;
  const next = isTruncated ? `<NextContinuationToken>${end}</NextContinuationToken>` : "";
  sendXml(exchange, "ListBucketResult", `<IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join("")}`);
}

function contentsOf(index: number): string {
  const modifiedAt = new Date(FIRST_MODIFIED_AT + index * 1_000).toISOString();
  const etag = `<ETag>&quot;${index.toString(16).padStart(32, "0")}&quot;</ETag>`;
  return `<Contents><Key>${listedKey(index)}</Key><LastModified>${modifiedAt}</LastModified>${etag}<Size>${index}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}
