import { isUtf8 } from "node:buffer";
import { dirname, join, relative } from "node:path";
import { nameProblem } from "../../archive/format/entry-name.ts";
import { reasonOfMode, type SkippedEntry } from "../../archive/skipped-entry.ts";
import type { Disk } from "../../disk/disk.ts";
import {
  describedChildren,
  ensureDirectory,
  existsOnDisk,
  joinRaw,
  linkAt,
  rawChildrenOf,
  realOrSame,
  syncOnce,
  utf8ChildrenOf,
} from "../../disk/disk-steps.ts";
import { nameFrom } from "../../disk/path-below.ts";
import { StowageError } from "../../errors.ts";
import { LOST_FOLDER, type RestoreLayout } from "../folder/layout.ts";

/** An entry of the data directory that a restore moved out of it and did not delete, because no archive holds it. */
export interface LostEntry extends SkippedEntry {
  /** The folder in which it lies under its name. */
  readonly folder: string;
}

interface Found extends SkippedEntry {
  /** Where it lies: its name may be any bytes. */
  readonly path: Buffer;
  /** The place of a restore that it lies in. */
  readonly base: string;
}

export interface LostOptions {
  /** The place of the restore from which it moves, and which is to be removed. */
  readonly from: string;
  onLost(entry: LostEntry): void;
}

/**
 * Moves what no archive can hold out of a place of a restore that is to be removed, to `.stowage/lost/<id>` under its name, and
 * warns of it: links, which are not followed, special files, and what has a name that no archive can hold, with all below it.
 * Durable when it returns. Can be stopped at any instant and called again.
 */
export async function moveToLost(disk: Disk, layout: RestoreLayout, options: LostOptions): Promise<void> {
  const { onLost } = options;
  const [from, realVolume] = await Promise.all([realOrSame(options.from), realOrSame(layout.volume)]);
  const found = await withoutStanding(disk, realVolume, await unarchivable(disk, from, from));
  if (found.length > 0) await assertLostFolder(disk, layout.folder);
  const way = new DurableWay(disk);
  for (const entry of found) onLost(await moveOne(disk, layout, { ...entry, realVolume, way }));
  if (!(await existsOnDisk(disk, from))) return; // all of this was done before the rest was removed
  const folders = await foldersOf(disk, layout);
  const lost: Found[] = [];
  for (const folder of folders) lost.push(...(await unarchivable(disk, folder, folder)));
  if (lost.length === 0) return;
  // Also those that another process moved, which was killed before this.
  for (const place of [from, ...folders]) {
    for (const directory of await directoriesBelow(disk, place)) await syncOnce(disk, directory);
  }
  warn(layout, lost);
}

/** A link that stands in place as it stood before is not lost. */
async function withoutStanding(disk: Disk, volume: string, found: readonly Found[]): Promise<Found[]> {
  const lost: Found[] = [];
  for (const entry of found) {
    const isSame = entry.reason === "symlink" && (await isSameLink(disk, entry, volume));
    if (!isSame) lost.push(entry);
  }
  return lost;
}

async function isSameLink(disk: Disk, { path, base }: Found, volume: string): Promise<boolean> {
  const before = await linkAt(disk, path);
  const standing = await linkAt(disk, joinRaw(volume, path.subarray(Buffer.byteLength(base) + 1)));
  return before !== undefined && standing !== undefined && before.equals(standing);
}

async function unarchivable(disk: Disk, base: string, directory: string): Promise<Found[]> {
  const found: Found[] = [];
  const names = (await rawChildrenOf(disk, directory)).sort(Buffer.compare);
  for await (const [bytes, entry] of describedChildren(disk, directory, names)) {
    const path = joinRaw(directory, bytes);
    const name = nameFrom(base, String(path));
    const reason = isUtf8(bytes) ? nameProblem(name) : "name-encoding";
    if (reason) {
      const nameBase64 = isUtf8(bytes) ? undefined : path.subarray(Buffer.byteLength(base) + 1).toString("base64");
      found.push({ name, reason, ...(nameBase64 !== undefined && { nameBase64 }), path, base });
    } else if (entry.isDirectory()) found.push(...(await unarchivable(disk, base, String(path))));
    else if (!entry.isFile()) found.push({ name, reason: reasonOfMode(entry.mode), path, base });
  }
  return found;
}

/** The way to where it goes is durable before it goes. */
async function moveOne(
  disk: Disk,
  layout: RestoreLayout,
  { path, base, realVolume, way, ...entry }: Found & { readonly realVolume: string; readonly way: DurableWay },
): Promise<LostEntry> {
  const below = path.subarray(Buffer.byteLength(base) + 1);
  for (let number = 1; ; number++) {
    const folder = number === 1 ? layout.lost : `${layout.lost}.${number}`;
    const parents = parentsOf(join(folder, dirname(String(below))), layout.folder);
    const target = joinRaw(folder, below);
    if (!(await way.make(parents)) || (await existsOnDisk(disk, target))) continue;
    const real = joinRaw(join(realVolume, relative(layout.volume, folder)), below);
    await disk.rename(path, real, { isReal: true });
    return { ...entry, folder };
  }
}

/** Directories that are there to stay. */
class DurableWay {
  readonly #disk: Disk;
  readonly #made = new Set<string>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** Makes directories inside each other, durably. False if something else lies in their way. */
  async make(directories: readonly string[]): Promise<boolean> {
    for (const directory of directories) {
      if (this.#made.has(directory)) continue;
      await ensureDirectory(this.#disk, directory);
      if (!(await this.#disk.lstat(directory)).isDirectory()) return false;
      await syncOnce(this.#disk, dirname(directory));
      this.#made.add(directory);
    }
    return true;
  }
}

/** What is kept for good goes to no place of somebody else. */
export async function assertLostFolder(disk: Disk, folder: string): Promise<void> {
  const path = join(folder, LOST_FOLDER);
  if (!(await existsOnDisk(disk, path)) || (await disk.lstat(path)).isDirectory()) return;
  const message = `${path} is no directory, and a restore must keep something there that no archive holds; move it away`;
  throw new StowageError("CONFIG_INVALID", message);
}

/** A directory with those above it that lie below `top`, the outermost first. */
function parentsOf(directory: string, top: string): string[] {
  return directory === top ? [] : [...parentsOf(dirname(directory), top), directory];
}

async function directoriesBelow(disk: Disk, directory: string): Promise<string[]> {
  const found = [directory];
  for (const child of await utf8ChildrenOf(disk, directory)) {
    const path = join(directory, child);
    if ((await disk.lstat(path)).isDirectory()) found.push(...(await directoriesBelow(disk, path)));
  }
  return found;
}

/** Where what one restore did not delete lies: a name that was taken got a number. */
async function foldersOf(disk: Disk, { lost, work }: RestoreLayout): Promise<string[]> {
  const parent = dirname(lost);
  const id = relative(dirname(work), work);
  const names = await utf8ChildrenOf(disk, parent);
  return names.filter((name) => name === id || name.startsWith(`${id}.`)).map((name) => join(parent, name));
}

function warn({ volume, folder }: RestoreLayout, found: readonly Found[]): void {
  const shown = found.slice(0, 3).map(({ name, reason }) => `${JSON.stringify(name)} (${reason})`);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
  const what = `${shown.join(", ")}${more}`;
  process.emitWarning(
    `no archive holds ${what} of ${volume}, which a restore replaced; kept in ${join(folder, LOST_FOLDER)}`,
  );
}
