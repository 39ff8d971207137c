import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { Disk } from "../../src/disk/disk.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";

/** The real disk, which takes names below a directory for one if `fold` makes one of them, as a folding file system does. */
export function foldingDisk(base: string, fold: (name: string) => string): Disk {
  const found = (path: string) => foundBelow(base, path, fold);
  const disk: Record<string, unknown> = { ...nodeDisk, threads: undefined };
  for (const [name, value] of Object.entries(nodeDisk)) {
    if (typeof value !== "function") continue;
    disk[name] = (...given: unknown[]) =>
      Reflect.apply(
        value,
        nodeDisk,
        given.map((argument) => (typeof argument === "string" ? found(argument) : argument)),
      );
  }
  return {
    ...(disk as unknown as Disk),
    lstatEach: (paths) => Promise.allSettled(paths.map((path) => nodeDisk.lstat(found(String(path))))),
  };
}

/** The path as it lies on the disk, as far as it does. */
function foundBelow(base: string, path: string, fold: (name: string) => string): string {
  const name = relative(base, path);
  if (name === "" || name.startsWith("..")) return path;
  let place = base;
  for (const part of name.split(sep)) {
    const children = namesIn(place);
    place = join(
      place,
      children.includes(part) ? part : (children.find((child) => fold(child) === fold(part)) ?? part),
    );
  }
  return place;
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
