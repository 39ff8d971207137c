import type { FileInfo } from "@stowage/core/driver";
import { incompleteReply } from "./s3-error.ts";

interface Described {
  readonly size: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
  readonly ContentType?: string | undefined;
}

/** What HEAD, GET and a list say about an object. */
export function fileInfo(key: string, { size, LastModified, ETag, ContentType }: Described): FileInfo {
  if (size === undefined) throw incompleteReply("a size");
  if (LastModified === undefined) throw incompleteReply("a time");
  return {
    key,
    size,
    modifiedAt: LastModified,
    ...(ETag === undefined ? {} : { etag: plainETag(ETag) }),
    ...(ContentType === undefined ? {} : { contentType: ContentType }),
  };
}

/**
 * An entity tag as AWS writes it, in quotes and strong. Some services leave the quotes out, in lists or in headers, and a proxy that
 * compresses makes tags weak: all these are of one version, and If-Match takes no other form (RFC 9110 13.1.1).
 */
export function plainETag(etag: string): string {
  const [, tag] = /^(?:W\/)?("?)([^"]*)\1$/.exec(etag)?.slice(1) ?? [];
  return tag ? `"${tag}"` : etag;
}
