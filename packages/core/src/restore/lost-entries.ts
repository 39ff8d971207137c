import { isUtf8 } from "node:buffer";
import { dirname, join, relative } from "node:path";
import { reasonOfMode, type SkippedEntry } from "../archive/skipped-entry.ts";
import type { Disk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import {
  describedChildren,
  ensureDirectory,
  existsOnDisk,
  joinRaw,
  rawChildrenOf,
  syncOnce,
  utf8ChildrenOf,
} from "./disk-steps.ts";
import { LOST_FOLDER, type RestoreLayout } from "./layout.ts";

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

/**
 * Moves what no archive can hold out of the places of a restore that are to be removed, to `.stowage/lost/<id>` under its name, and
 * warns of it: links, which are not followed, special files, and what has a name that is not UTF-8. Not those of which the archive
 * has an entry (`replaced`). Durable when it returns. Can be stopped at any instant and called again.
 */
export async function moveToLost(
  disk: Disk,
  layout: RestoreLayout,
  { replaced, onLost }: { replaced: readonly string[]; onLost: (entry: LostEntry) => void },
): Promise<void> {
  const known = new Set(replaced);
  const all: Found[] = [];
  for (const base of [layout.previous, layout.staged]) all.push(...(await unarchivable(disk, base, base)));
  const found = all.filter(({ name }) => !known.has(name));
  if (found.length > 0) await assertLostFolder(disk, layout.folder);
  for (const entry of found) onLost(await moveOne(disk, layout, entry));
  if (!(await existsOnDisk(disk, layout.work)) || !(await existsOnDisk(disk, layout.lost))) return;
  // Perhaps another process moved them and was killed before this.
  for (const directory of await directoriesBelow(disk, layout.work)) await syncOnce(disk, directory);
  for (const folder of await foldersOf(disk, layout)) {
    for (const directory of await directoriesBelow(disk, folder)) await syncOnce(disk, directory);
  }
  for (const directory of [dirname(layout.lost), layout.folder]) await syncOnce(disk, directory);
  await warnOf(disk, layout);
}

async function unarchivable(disk: Disk, base: string, directory: string): Promise<Found[]> {
  const found: Found[] = [];
  const names = (await rawChildrenOf(disk, directory)).sort(Buffer.compare);
  for await (const [bytes, entry] of describedChildren(disk, directory, names)) {
    const path = joinRaw(directory, bytes);
    const name = relative(base, String(path));
    if (!isUtf8(bytes)) {
      const nameBase64 = path.subarray(Buffer.byteLength(base) + 1).toString("base64");
      found.push({ name, reason: "name-encoding", nameBase64, path, base });
    } else if (entry.isDirectory()) found.push(...(await unarchivable(disk, base, String(path))));
    else if (!entry.isFile()) found.push({ name, reason: reasonOfMode(entry.mode), path, base });
  }
  return found;
}

/** The way to where it goes is durable before it goes. */
async function moveOne(disk: Disk, layout: RestoreLayout, { path, base, ...entry }: Found): Promise<LostEntry> {
  const below = path.subarray(Buffer.byteLength(base) + 1);
  for (let number = 1; ; number++) {
    const folder = number === 1 ? layout.lost : `${layout.lost}.${number}`;
    const parents = parentsOf(join(folder, dirname(String(below))), layout.folder);
    const target = joinRaw(folder, below);
    if (!(await makeWay(disk, parents)) || (await existsOnDisk(disk, target))) continue;
    await disk.rename(path, target);
    return { ...entry, folder };
  }
}

/** Makes directories inside each other, durably. False if something else lies in their way. */
async function makeWay(disk: Disk, directories: readonly string[]): Promise<boolean> {
  for (const directory of directories) {
    await ensureDirectory(disk, directory);
    if (!(await disk.lstat(directory)).isDirectory()) return false;
    await syncOnce(disk, dirname(directory));
  }
  return true;
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

/** Tells of all that lies there, also of what another process moved. */
async function warnOf(disk: Disk, layout: RestoreLayout): Promise<void> {
  const found: Found[] = [];
  for (const folder of await foldersOf(disk, layout)) found.push(...(await unarchivable(disk, folder, folder)));
  if (found.length > 0) warn(layout, found);
}

function warn({ volume, folder }: RestoreLayout, found: readonly Found[]): void {
  const shown = found.slice(0, 3).map(({ name, reason }) => `${JSON.stringify(name)} (${reason})`);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
  const what = `${shown.join(", ")}${more}`;
  process.emitWarning(
    `no archive holds ${what} of ${volume}, which a restore replaced; kept in ${join(folder, LOST_FOLDER)}`,
  );
}
