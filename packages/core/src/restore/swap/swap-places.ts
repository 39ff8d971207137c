import { dirname, join } from "node:path";
import type { Journal, SwapRoot } from "../folder/journal.ts";
import { type RestoreLayout, restoreLayout } from "../folder/layout.ts";

/** Where the entries of one root lie, come from and go to: all on one volume, because a rename cannot cross volumes. */
export interface SwapPlaces {
  readonly inPlace: string;
  readonly staged: string;
  readonly previous: string;
  readonly conflict: string;
}

/** A rollback is a swap with the staged and the previous content exchanged. */
export function swapPlaces(
  dataDir: string,
  { id, isRollback = false }: Pick<Journal, "id" | "isRollback">,
  { dir, mount = "" }: Pick<SwapRoot, "dir" | "mount">,
): SwapPlaces {
  const { staged, previous, conflict } = restoreLayout(join(dataDir, mount), id);
  return {
    inPlace: join(dataDir, dir),
    staged: join(isRollback ? previous : staged, dir),
    previous: join(isRollback ? staged : previous, dir),
    conflict: join(conflict, dir),
  };
}

/** A place of a root and the directories above it that are there for its sake, the outermost first; none for the topmost root. */
export function pathsTo(place: string, dir: string): string[] {
  if (dir === "") return [];
  const paths = [place];
  for (let left = dir.split("/").length - 1; left > 0; left--) paths.unshift(dirname(paths[0] ?? place));
  return paths;
}

/** The mounts below the data directory that a swap works on. */
export function mountsOf(roots: readonly Pick<SwapRoot, "mount">[]): string[] {
  return [...new Set(roots.flatMap(({ mount }) => (mount === undefined ? [] : [mount])))];
}

/** The places of a restore on each volume: that of the data directory, then its mounts. */
export function layoutsOf(dataDir: string, id: string, mounts: readonly string[]): RestoreLayout[] {
  return ["", ...mounts].map((mount) => restoreLayout(join(dataDir, mount), id));
}
