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

/** Makes the directories that the moves need, so that only renames are left to do after the commit. */
export async function prepareSwap(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  const { layout, roots } = swapOf(disk, dataDir, journal);
  for (const place of [layout.previous, layout.conflict]) await disk.makeDirectory(place);
  for (const { dir } of roots.filter(({ dir }) => dir !== "")) {
    for (const place of [layout.staged, layout.previous, layout.conflict]) await ensurePath(disk, place, dir);
  }
  for (const { dir } of [...roots].reverse()) {
    for (const place of [layout.staged, layout.previous, layout.conflict]) await disk.syncDirectory(join(place, dir));
  }
  await disk.syncDirectory(layout.work);
  await disk.syncDirectory(layout.folder);
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
  await syncRoots(swap, swap.layout.previous);
  for (const root of swap.roots) await moveIntruders(swap, root);
  await syncRoots(swap, swap.layout.conflict);
  for (const root of swap.roots) await moveIn(swap, root);
  await syncRoots(swap, swap.layout.staged);
}

/** Brings the previous content back, from wherever {@link redoSwap} stopped. Can be stopped and called again, too. */
export async function undoSwap(disk: Disk, dataDir: string, journal: Journal): Promise<void> {
  const swap = swapOf(disk, dataDir, journal);
  for (const root of swap.roots) await takeBack(swap, root);
  await syncRoots(swap, swap.layout.staged);
  for (const root of swap.roots) await putBack(swap, root);
  await syncRoots(swap, swap.layout.previous, swap.layout.conflict);
}

async function moveOut({ disk, dataDir, layout }: Swap, { dir, out, in: arriving }: SwapRoot): Promise<void> {
  for (const name of out) {
    const from = join(dataDir, dir, name);
    const to = join(layout.previous, dir, name);
    if ((await existsOnDisk(disk, to)) || !(await existsOnDisk(disk, from))) continue;
    // An app may delete an old entry after the plan: then what lies there after a redo is the new one.
    const isOld = !arriving.includes(name) || (await existsOnDisk(disk, join(layout.staged, dir, name)));
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
    if (await existsOnDisk(disk, from)) await disk.rename(from, to);
    else if (!(await existsOnDisk(disk, to))) throw lost(to);
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
    if (await existsOnDisk(disk, to)) await setAside(disk, to, join(layout.conflict, dir, name));
    await disk.rename(from, to);
  }
}

/** Moves an entry that no plan knows to a free name: it may be the only copy of something. */
async function setAside(disk: Disk, from: string, to: string): Promise<void> {
  let free = to;
  for (let number = 2; await existsOnDisk(disk, free); number++) free = `${to}.${number}`;
  await disk.rename(from, free);
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
  return { disk, dataDir, layout: restoreLayout(dataDir, journal.id), roots: journal.roots };
}

function lost(path: string): StowageError {
  return new StowageError("RECOVERY_REQUIRED", `${path} is neither staged nor in place; nothing was deleted`);
}
