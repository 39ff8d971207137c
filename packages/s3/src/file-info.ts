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
    ...(ETag === undefined ? {} : { etag: ETag }),
    ...(ContentType === undefined ? {} : { contentType: ContentType }),
  };
}
