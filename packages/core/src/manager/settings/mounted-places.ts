import { posix } from "node:path";
import type { Mount } from "../../disk/mount-list.ts";

/** Where a path lies, whatever mount shows it: a file system, and a path from the top of that. */
interface Position {
  readonly device: string;
  readonly path: string;
}

/**
 * Names, relative to `root`, under which `place` is also seen below it: another mount of the same directories shows it there, or
 * shows `root` where `place` is. "" if both are one directory. Both paths are free of links.
 */
export function mountedPlaces(mounts: readonly Mount[], root: string, place: string): string[] {
  const wanted = positionOf(mounts, place);
  const own = positionOf(mounts, root);
  if (!wanted || !own) return [];
  const names = [nameIn(own, wanted)];
  for (const mount of mounts) {
    const below = nameBelow(root, mount.point);
    if (below === undefined || below === "" || mountOf(mounts, mount.point) !== mount) continue;
    const name = nameIn({ device: mount.device, path: mount.root }, wanted);
    if (name !== undefined) names.push(posix.join(below, name));
  }
  return names.filter((name) => name !== undefined);
}

function positionOf(mounts: readonly Mount[], path: string): Position | undefined {
  const mount = mountOf(mounts, path);
  if (!mount) return undefined;
  return { device: mount.device, path: posix.join(mount.root, nameBelow(mount.point, path) ?? "") };
}

/** The mount that shows a path: from the outermost inwards, because one may cover others that are still in the list. */
function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  const around = mounts.filter(({ point }) => nameBelow(point, path) !== undefined);
  const ids = new Set(mounts.map(({ id }) => id));
  let found: Mount | undefined;
  let next = outermost(around.filter(({ parentId }) => !ids.has(parentId)));
  for (let steps = around.length; next && steps > 0; steps -= 1) {
    found = next;
    const { id } = found;
    next = outermost(around.filter((mount) => mount.parentId === id && mount.id !== id));
  }
  return found;
}

function outermost(mounts: readonly Mount[]): Mount | undefined {
  const least = Math.min(...mounts.map(({ point }) => point.length));
  return mounts.findLast(({ point }) => point.length === least);
}

function nameIn(directory: Position, wanted: Position): string | undefined {
  return directory.device === wanted.device ? nameBelow(directory.path, wanted.path) : undefined;
}

/** The path of something in a directory, from there; "" for itself, undefined for what lies elsewhere. */
function nameBelow(directory: string, path: string): string | undefined {
  const name = posix.relative(directory, path);
  return name === ".." || name.startsWith("../") ? undefined : name;
}
