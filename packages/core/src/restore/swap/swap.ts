import { dirname, join } from "node:path";
import type { Disk } from "../../disk/disk.ts";
import { ensureDirectory, existsOnDisk, realOrSame, utf8ChildrenOf } from "../../disk/disk-steps.ts";
import { StowageError } from "../../errors.ts";
import type { Journal, SwapRoot } from "../folder/journal.ts";
import { layoutsOf, mountsOf, pathsTo, type SwapPlaces, swapPlaces } from "./swap-places.ts";

/** A directory whose children are swapped, with the places between which they move. */
type PlacedRoot = SwapRoot & SwapPlaces;

/** Makes the directories that the moves need, durably, so that only renames are left to do after the commit. */
export async function prepareSwap(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  const layouts = layoutsOf(dataDir, journal.id, mountsOf(journal.roots));
  for (const { staged, previous, conflict } of layouts) {
    for (const place of [staged, previous, conflict]) await ensureDirectory(disk, place);
  }
  const parents = new Set<string>();
  for (const { dir, staged, previous, conflict } of placedRoots(dataDir, journal)) {
    for (const path of [staged, previous, conflict].flatMap((place) => pathsTo(place, dir))) {
      await ensureDirectory(disk, path);
      parents.add(dirname(path));
    }
  }
  const works = layouts.flatMap(({ work, folder }) => [work, folder]);
  for (const directory of [...parents, ...works]) await disk.syncDirectory(directory);
}

/**
 * Moves the previous content out and the staged content in. Each move is decided by what lies where, so that this
 * can be stopped at any instant and called again.
 *
 * All moves out are durable before the first move in: a new database must never lie beside an old write-ahead log.
 */
export async function redoSwap(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  const roots = placedRoots(await realOrSame(dataDir), journal);
  for (const root of roots) await moveOut(disk, root);
  for (const root of roots) await moveIntruders(disk, root);
  await syncRoots(disk, roots, ["inPlace", "previous", "conflict"]);
  for (const root of roots.toReversed()) await moveIn(disk, root);
  await syncRoots(disk, roots, ["inPlace", "staged"]);
}

/** Brings the previous content back, from wherever {@link redoSwap} stopped. Can be stopped and called again, too. */
export async function undoSwap(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  const roots = placedRoots(await realOrSame(dataDir), journal);
  for (const root of roots) await takeBack(disk, root);
  await syncRoots(disk, roots, ["inPlace", "staged", "conflict"]);
  for (const root of roots.toReversed()) await putBack(disk, root);
  await syncRoots(disk, roots, ["inPlace", "previous"]);
}

async function moveOut(disk: Disk, { inPlace, staged, previous, out, in: arriving }: PlacedRoot): Promise<void> {
  const planned = new Set(arriving);
  for (const name of out) {
    const from = join(inPlace, name);
    const to = join(previous, name);
    if ((await existsOnDisk(disk, to)) || !(await existsOnDisk(disk, from))) continue;
    // An app may delete an old entry after the plan: then what lies there after a redo is the new one.
    const isOld = !planned.has(name) || (await existsOnDisk(disk, join(staged, name)));
    if (isOld) await move(disk, from, to);
  }
}

async function moveIntruders(disk: Disk, { inPlace, staged, conflict, in: arriving, keep }: PlacedRoot): Promise<void> {
  const kept = new Set(keep);
  const planned = new Set(arriving);
  for (const name of await utf8ChildrenOf(disk, inPlace)) {
    if (kept.has(name)) continue;
    const hasMovedIn = planned.has(name) && !(await existsOnDisk(disk, join(staged, name)));
    if (!hasMovedIn) await setAside(disk, join(inPlace, name), join(conflict, name));
  }
}

async function moveIn(disk: Disk, { inPlace, staged, conflict, in: arriving }: PlacedRoot): Promise<void> {
  for (const name of arriving) {
    const from = join(staged, name);
    const to = join(inPlace, name);
    const isInPlace = await existsOnDisk(disk, to);
    if (!(await existsOnDisk(disk, from))) {
      if (isInPlace) continue;
      throw lost(to);
    }
    // An app that still runs may have written it since: a rename would replace that silently.
    if (isInPlace) await makeRoom(disk, to, join(conflict, name));
    await move(disk, from, to);
  }
}

async function takeBack(disk: Disk, { inPlace, staged, in: arriving }: PlacedRoot): Promise<void> {
  for (const name of arriving.toReversed()) {
    const from = join(inPlace, name);
    const to = join(staged, name);
    if (!(await existsOnDisk(disk, to)) && (await existsOnDisk(disk, from))) await move(disk, from, to);
  }
}

async function putBack(disk: Disk, { inPlace, previous, conflict, out }: PlacedRoot): Promise<void> {
  for (const name of out.toReversed()) {
    const from = join(previous, name);
    const to = join(inPlace, name);
    if (!(await existsOnDisk(disk, from))) continue;
    if (await existsOnDisk(disk, to)) await makeRoom(disk, to, join(conflict, name));
    await move(disk, from, to);
  }
}

/** Moves an entry that no plan knows to a free name: it may be the only copy of something. Returns where it went. */
async function setAside(disk: Disk, from: string, to: string): Promise<string> {
  let free = to;
  for (let number = 2; await existsOnDisk(disk, free); number++) free = `${to}.${number}`;
  await move(disk, from, free);
  return free;
}

/** The same where its name is taken at once, so that it must be durable before that. */
async function makeRoom(disk: Disk, from: string, to: string): Promise<void> {
  const aside = await setAside(disk, from, to);
  for (const path of [from, aside]) await disk.syncDirectory(dirname(path));
}

/** Follows no link that has taken a directory's place since it was looked at: `PERMISSION_DENIED`. */
function move(disk: Disk, from: string, to: string): Promise<void> {
  return disk.rename(from, to, { isReal: true });
}

async function syncRoots(
  disk: Disk,
  roots: readonly PlacedRoot[],
  places: readonly (keyof SwapPlaces)[],
): Promise<void> {
  for (const root of roots) for (const place of places) await disk.syncDirectory(root[place]);
}

function placedRoots(dataDir: string, journal: Journal): PlacedRoot[] {
  return journal.roots.map((root) => ({ ...root, ...swapPlaces(dataDir, journal, root) }));
}

function lost(path: string): StowageError {
  return new StowageError("RECOVERY_REQUIRED", `${path} is neither staged nor in place; nothing was deleted`);
}
