import type { DiskDirectory } from "../../disk/disk.ts";
import { errnoOf } from "../../disk/errno-of.ts";
import { decodeLinkTarget, linkTargetProblem } from "../format/link-target.ts";
import type { SkippedEntry } from "../skipped-entry.ts";

/**
 * Reads where a link in an open directory leads. It is skipped if no archive can say that, or if something else has its name by
 * now. Rejects with what the disk says.
 */
export async function readLink<Link extends { readonly name: string }>(
  directory: Pick<DiskDirectory, "readLink">,
  link: Link,
): Promise<(Link & { readonly target: string }) | SkippedEntry> {
  const { name } = link;
  const bytes = await directory.readLink(name.slice(name.lastIndexOf("/") + 1)).catch((error: unknown) => {
    if (errnoOf(error) !== "EINVAL") throw error;
  });
  const target = bytes && !linkTargetProblem(bytes) ? decodeLinkTarget(bytes) : undefined;
  if (bytes === undefined || target === undefined) return { name, reason: "symlink" };
  return { ...link, size: bytes.length, target };
}
