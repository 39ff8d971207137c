import type { Stats } from "node:fs";

/** When something was changed, to the millisecond that was over: Node's own `mtime` rounds, and may be of the second that follows. */
export function modifiedAtOf({ mtimeMs }: Pick<Stats, "mtimeMs">): Date {
  return new Date(Math.floor(mtimeMs));
}
