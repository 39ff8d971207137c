import { lstat, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, parse, resolve, sep } from "node:path";
import { type Disk, platformOf } from "../../disk/disk.ts";
import { errnoOf } from "../../disk/errno-of.ts";
import { readMounts } from "../../disk/mount-list.ts";
import { nameWithin } from "../../disk/path-below.ts";
import { StowageError } from "../../errors.ts";
import { mountedPlaces } from "./mounted-places.ts";

/** Of Linux: a longer chain of links leads nowhere. */
const LINKS_MAX = 40;

/**
 * Where below the data directory the backups lie, and every link below it through which they are reached, as names relative to
 * it: a backup must never hold itself, and a restore must leave the way to it alone. What is mounted at several places, as a
 * volume of Docker may be, lies at each of them.
 */
export async function storagePlaces(
  { dataDir, disk }: { readonly dataDir: string; readonly disk: Disk },
  directories: readonly string[],
): Promise<string[]> {
  if (directories.length === 0) return [];
  const root = await realpath(dataDir).catch(() => resolve(dataDir));
  const mounts = (await readMounts(disk)) ?? [];
  const names = new Set<string>();
  for (const directory of directories) {
    const { place: written, links } = await followed(resolve(directory));
    const place = platformOf(disk).hasAliases ? await realAsFarAsThere(written) : written;
    const places = [nameWithin(root, place), ...mountedPlaces(mounts, root, place)];
    if (places.includes("")) {
      const message = "dataDir: the backups would lie among the data itself; give them a folder of their own";
      throw new StowageError("CONFIG_INVALID", message);
    }
    for (const name of [...places, ...links.map((link) => nameWithin(root, link))]) if (name) names.add(name);
  }
  return [...names];
}

/** Goes along a path component by component. What is missing, or cannot be looked at, is taken as it is written. */
async function followed(path: string): Promise<{ place: string; links: string[] }> {
  const links: string[] = [];
  let place = parse(path).root;
  const rest = partsOf(path);
  for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
    const next = part === ".." ? dirname(place) : join(place, part);
    const target = part === ".." ? undefined : await linkAt(next);
    if (target === undefined || links.length === LINKS_MAX) {
      place = next;
      continue;
    }
    links.push(next);
    rest.unshift(...partsOf(target));
    if (parse(target).root !== "") place = parse(target).root;
  }
  return { place, links };
}

/** By the names that the disk has, where others may mean the same: case, normal form, "PROGRA~1". */
async function realAsFarAsThere(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realAsFarAsThere(parent), basename(path));
  }
}

function partsOf(path: string): string[] {
  return path
    .slice(parse(path).root.length)
    .split(sep === "/" ? sep : /[\\/]/)
    .filter((part) => part !== "" && part !== ".");
}

async function linkAt(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : undefined;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}
