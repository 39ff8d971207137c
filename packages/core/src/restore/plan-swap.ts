import { join } from "node:path";
import type { Disk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import { childrenOf, isMissing } from "./disk-steps.ts";
import type { SwapRoot } from "./journal.ts";
import { RESTORE_FOLDER } from "./layout.ts";

export interface PlanOptions {
  readonly disk: Disk;
  readonly dataDir: string;
  /** The directory that holds the staged content. */
  readonly staged: string;
  /** Whether an entry stays as it is; its name is relative to the data directory. */
  isKept(name: string): boolean;
  /** Whether anything below the top level can be kept. Without it, nothing there is looked at. */
  readonly keepsBelowTop: boolean;
  /** The entry whose move decides: first out, last in. */
  readonly sentinel?: string | undefined;
  /** Directories that stay in place even with nothing kept below them, because the staged content was parted there. */
  readonly roots?: readonly string[];
}

/**
 * Plans which entries move out of the data directory and which move in. A directory with something kept below it
 * stays, and becomes a root of its own whose children are moved one by one.
 */
export async function planSwap(options: PlanOptions): Promise<SwapRoot[]> {
  const roots: SwapRoot[] = [];
  for (const dir of await rootsBelow(options, "")) roots.push(await planRoot(options, dir.name, dir.innerRoots));
  return roots;
}

interface Root {
  readonly name: string;
  /** Children that are roots themselves. */
  readonly innerRoots: readonly string[];
}

/** The directories that must stay in place, the data directory itself first. */
async function rootsBelow(options: PlanOptions, dir: string): Promise<Root[]> {
  const innerRoots: string[] = [];
  const below: Root[] = [];
  for (const child of await childrenOf(options.disk, join(options.dataDir, dir))) {
    const name = dir === "" ? child : `${dir}/${child}`;
    const isForced = options.roots?.includes(name) ?? false;
    if (!(options.keepsBelowTop || isForced) || options.isKept(name) || !(await isDirectory(options, name))) continue;
    const found = await rootsBelow(options, name);
    if (found.length === 1 && !isForced && !(await holdsKept(options, name))) continue;
    innerRoots.push(child);
    below.push(...found);
  }
  return [{ name: dir, innerRoots }, ...below];
}

async function holdsKept(options: PlanOptions, dir: string): Promise<boolean> {
  const children = await childrenOf(options.disk, join(options.dataDir, dir));
  return children.some((child) => options.isKept(`${dir}/${child}`));
}

async function planRoot(options: PlanOptions, dir: string, innerRoots: readonly string[]): Promise<SwapRoot> {
  const { disk, dataDir, staged } = options;
  const inner = new Set(innerRoots);
  const isKept = (child: string) => options.isKept(dir === "" ? child : `${dir}/${child}`);
  const present = await childrenOf(disk, join(dataDir, dir));
  const arriving = await childrenOf(disk, join(staged, dir));
  for (const child of arriving) {
    if (inner.has(child)) await assertDirectory(options, dir === "" ? child : `${dir}/${child}`);
  }
  const sentinel = dir === "" ? options.sentinel : undefined;
  const kept = present.filter(isKept);
  return {
    dir,
    out: sentinelFirst(
      present.filter((child) => !inner.has(child) && !isKept(child)),
      sentinel,
    ),
    in: sentinelFirst(
      arriving.filter((child) => !inner.has(child)),
      sentinel,
    ).reverse(),
    keep: dir === "" ? [...new Set([...kept, ...innerRoots, RESTORE_FOLDER])] : [...kept, ...innerRoots],
  };
}

function sentinelFirst(names: readonly string[], sentinel: string | undefined): string[] {
  return sentinel !== undefined && names.includes(sentinel)
    ? [sentinel, ...names.filter((name) => name !== sentinel)]
    : [...names];
}

async function assertDirectory({ disk, staged }: PlanOptions, name: string): Promise<void> {
  if ((await disk.lstat(join(staged, name))).isDirectory()) return;
  const message = `the archive holds a file at ${name}, where the data directory keeps excluded entries`;
  throw new StowageError("SWAP_FAILED", message);
}

async function isDirectory({ disk, dataDir }: PlanOptions, name: string): Promise<boolean> {
  try {
    return (await disk.lstat(join(dataDir, name))).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
