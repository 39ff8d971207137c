import type { ArchiveEntry } from "../archive/format/central-header.ts";
import { StowageError } from "../errors.ts";

/**
 * Parts entries by the volume that they are restored on: the data directory's under "", then those of each mount below it
 * under its name. `MOUNT_IN_DATA_DIR` for a file where a mount is, or a directory above one.
 */
export function entriesByMount<Entry extends Pick<ArchiveEntry, "name" | "type">>(
  entries: readonly Entry[],
  mounts: readonly string[],
): Map<string, Entry[]> {
  const deepestFirst = mounts.toSorted((left, right) => right.length - left.length);
  const parts = new Map<string, Entry[]>([["", []], ...mounts.map((mount) => [mount, []] as [string, Entry[]])]);
  for (const entry of entries) {
    const name = `${entry.name.replace(/\/$/, "")}/`;
    if (entry.type !== "directory") assertNoMount(name, mounts);
    const mount = deepestFirst.find((candidate) => name.startsWith(`${candidate}/`)) ?? "";
    parts.get(mount)?.push(entry);
  }
  return parts;
}

function assertNoMount(file: string, mounts: readonly string[]): void {
  const mount = mounts.find((name) => `${name}/`.startsWith(file));
  if (mount === undefined) return;
  const [shown, place] = [JSON.stringify(file.slice(0, -1)), JSON.stringify(mount)];
  throw new StowageError(
    "MOUNT_IN_DATA_DIR",
    `the archive holds a file at ${shown}, and ${place} is a mount; nothing was touched. Unmount it first, or exclude it`,
  );
}
