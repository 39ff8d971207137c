import type { Capabilities } from "./driver.ts";
import type { WriteOptions } from "./write-rules.ts";

/** How an archive of at most `size` bytes is stored: create-only where the storage can do that for so many, also of unknown size, and as what it is. */
export function archiveWrite(
  { conditionalCreate, contentTypes, limits }: Capabilities,
  size: number | undefined,
): Pick<WriteOptions, "ifNotExists" | "contentType"> {
  const most = limits.conditionalCreateSize ?? Number.POSITIVE_INFINITY;
  return {
    ifNotExists: conditionalCreate && (size ?? Number.POSITIVE_INFINITY) <= most,
    contentType: contentTypes ? "application/zip" : undefined,
  };
}
