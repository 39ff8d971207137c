import { dirname, join } from "node:path";
import type { Disk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import { ensureDirectory, existsOnDisk, utf8ChildrenOf } from "./disk-steps.ts";
import type { Journal, SwapRoot } from "./journal.ts";
import { type RestoreLayout, restoreLayout } from "./layout.ts";

/** A restore between its commit and its end, with the paths that it works on. */
interface Swap {
  readonly disk: Disk;
  readonly dataDir: string;
  readonly layout: RestoreLayout;
  readonly roots: readonly SwapRoot[];
}

/** Makes the directories that the moves need, durably, so that only renames are left to do after the commit. */
export async function prepareSwap(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  const { layout, roots } = swapOf(disk, dataDir, journal);
  const places = [layout.staged, layout.previous, layout.conflict];
  for (const place of places) await ensureDirectory(disk, place);
  const parents = new Set<string>();
  for (const { dir } of roots.filter(({ dir }) => dir !== "")) {
    for (const place of places) {
      await ensurePath(disk, place, dir);
      parents.add(join(place, dirname(dir)));
    }
  }
  for (const directory of [...parents, layout.work, layout.folder]) await disk.syncDirectory(directory);
}

/**
 * Moves the previous content out and the staged content in. Each move is decided by what lies where, so that this
 * can be stopped at any instant and called again.
 *
 * All moves out are durable before the first move in: a new database must never lie beside an old write-ahead log.
 */
export async function redoSwap(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  const swap = swapOf(disk, dataDir, journal);
  for (const root of swap.roots) await moveOut(swap, root);
  for (const root of swap.roots) await moveIntruders(swap, root);
  await syncRoots(swap, swap.layout.previous, swap.layout.conflict);
  for (const root of swap.roots) await moveIn(swap, root);
  await syncRoots(swap, swap.layout.staged);
}

/** Brings the previous content back, from wherever {@link redoSwap} stopped. Can be stopped and called again, too. */
export async function undoSwap(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  const swap = swapOf(disk, dataDir, journal);
  for (const root of swap.roots) await takeBack(swap, root);
  await syncRoots(swap, swap.layout.staged, swap.layout.conflict);
  for (const root of swap.roots) await putBack(swap, root);
  await syncRoots(swap, swap.layout.previous);
}

async function moveOut({ disk, dataDir, layout }: Swap, { dir, out, in: arriving }: SwapRoot): Promise<void> {
  const planned = new Set(arriving);
  for (const name of out) {
    const from = join(dataDir, dir, name);
    const to = join(layout.previous, dir, name);
    if ((await existsOnDisk(disk, to)) || !(await existsOnDisk(disk, from))) continue;
    // An app may delete an old entry after the plan: then what lies there after a redo is the new one.
    const isOld = !planned.has(name) || (await existsOnDisk(disk, join(layout.staged, dir, name)));
    if (isOld) await disk.rename(from, to);
  }
}

async function moveIntruders({ disk, dataDir, layout }: Swap, { dir, in: arriving, keep }: SwapRoot): Promise<void> {
  const kept = new Set(keep);
  const planned = new Set(arriving);
  for (const name of await utf8ChildrenOf(disk, join(dataDir, dir))) {
    if (kept.has(name)) continue;
    const hasMovedIn = planned.has(name) && !(await existsOnDisk(disk, join(layout.staged, dir, name)));
    if (!hasMovedIn) await setAside(disk, join(dataDir, dir, name), join(layout.conflict, dir, name));
  }
}

async function moveIn({ disk, dataDir, layout }: Swap, { dir, in: arriving }: SwapRoot): Promise<void> {
  for (const name of arriving) {
    const from = join(layout.staged, dir, name);
    const to = join(dataDir, dir, name);
    const isInPlace = await existsOnDisk(disk, to);
    if (!(await existsOnDisk(disk, from))) {
      if (isInPlace) continue;
      throw lost(to);
    }
    // An app that still runs may have written it since: a rename would replace that silently.
    if (isInPlace) await makeRoom(disk, to, join(layout.conflict, dir, name));
    await disk.rename(from, to);
  }
}

async function takeBack({ disk, dataDir, layout }: Swap, { dir, in: arriving }: SwapRoot): Promise<void> {
  for (const name of [...arriving].reverse()) {
    const from = join(dataDir, dir, name);
    const to = join(layout.staged, dir, name);
    if (!(await existsOnDisk(disk, to)) && (await existsOnDisk(disk, from))) await disk.rename(from, to);
  }
}

async function putBack({ disk, dataDir, layout }: Swap, { dir, out }: SwapRoot): Promise<void> {
  for (const name of [...out].reverse()) {
    const from = join(layout.previous, dir, name);
    const to = join(dataDir, dir, name);
    if (!(await existsOnDisk(disk, from))) continue;
    if (await existsOnDisk(disk, to)) await makeRoom(disk, to, join(layout.conflict, dir, name));
    await disk.rename(from, to);
  }
}

/** Moves an entry that no plan knows to a free name: it may be the only copy of something. Returns where it went. */
async function setAside(disk: Disk, from: string, to: string): Promise<string> {
  let free = to;
  for (let number = 2; await existsOnDisk(disk, free); number++) free = `${to}.${number}`;
  await disk.rename(from, free);
  return free;
}

/** The same where its name is taken at once, so that it must be durable before that. */
async function makeRoom(disk: Disk, from: string, to: string): Promise<void> {
  const aside = await setAside(disk, from, to);
  for (const path of [from, aside]) await disk.syncDirectory(dirname(path));
}

async function syncRoots({ disk, dataDir, roots }: Swap, ...places: string[]): Promise<void> {
  for (const { dir } of roots) {
    for (const place of [dataDir, ...places]) await disk.syncDirectory(join(place, dir));
  }
}

async function ensurePath(disk: Disk, base: string, dir: string): Promise<void> {
  if (dir !== ".") await ensurePath(disk, base, dirname(dir));
  await ensureDirectory(disk, join(base, dir));
}

function swapOf(disk: Disk, dataDir: string, journal: Journal): Swap {
  const layout = restoreLayout(dataDir, journal.id);
  const turned = { ...layout, staged: layout.previous, previous: layout.staged };
  return { disk, dataDir, layout: journal.isRollback ? turned : layout, roots: journal.roots };
}

function lost(path: string): StowageError {
  return new StowageError("RECOVERY_REQUIRED", `${path} is neither staged nor in place; nothing was deleted`);
}
