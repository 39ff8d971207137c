import type { FileInfo } from "./driver.ts";

/** Whether two descriptions of one key are of the same version of its object, as far as the storage can tell. */
export function isSameVersion(left: FileInfo, right: FileInfo): boolean {
  if (left.etag !== undefined && right.etag !== undefined) return left.etag === right.etag;
  return left.size === right.size && left.modifiedAt.getTime() === right.modifiedAt.getTime();
}
