import type { FileInfo } from "@stowage/core";

/** Makes the entity tag of an object's version: the storage's own, or size and time where it tells no versions apart. */
export function entityTag({ etag, size, modifiedAt }: FileInfo): string {
  const version = etag?.replace(/^W\//, "").replaceAll('"', "") ?? "";
  const isUsable = version !== "" && /^[\u0021\u0023-\u007e]+$/.test(version);
  return isUsable ? `"${version}"` : `"${size.toString(36)}-${modifiedAt.getTime().toString(36)}"`;
}

/** Says whether a list such as `If-None-Match` names the tag. The comparison is the weak one of RFC 9110, 8.8.3.2. */
export function namesTag(list: string, tag: string): boolean {
  if (list.trim() === "*") return true;
  return list.split(",").some((item) => item.trim().replace(/^W\//, "") === tag);
}
