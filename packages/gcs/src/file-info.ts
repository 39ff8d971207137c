import type { FileInfo } from "@stowage/core/driver";
import type { ObjectResource } from "./object-resource.ts";

/** What an upload, a description, a download and a list say about an object. */
export function fileInfo(key: string, object: Omit<ObjectResource, "name" | "crc32c" | "metadata">): FileInfo {
  const { size, generation, createdAt, contentType } = object;
  const modifiedAt = wholeSeconds(createdAt);
  return { key, size, modifiedAt, etag: generation, ...(contentType === undefined ? {} : { contentType }) };
}

/** Downloads tell the time in whole seconds (`Last-Modified`). So do we everywhere, for the same object the same time. */
function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1_000) * 1_000);
}
