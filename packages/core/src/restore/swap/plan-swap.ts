import { join } from "node:path";
import type { SkippedEntry } from "../../archive/skipped-entry.ts";
import type { Disk } from "../../disk/disk.ts";
import { utf8ChildrenOf } from "../../disk/disk-steps.ts";
import { StowageError } from "../../errors.ts";
import type { SwapRoot } from "../folder/journal.ts";
import { RESTORE_FOLDER } from "../folder/layout.ts";
import type { PlanOptions } from "./plan-options.ts";
import { type SurveyedRoot, surveyRoots } from "./survey.ts";
import { swapPlaces } from "./swap-places.ts";

export interface SwapPlan {
  readonly roots: SwapRoot[];
  /** Names that are not UTF-8: they stay where they are, unless what comes in has a file there, and no journal holds them. */
  readonly foreign: readonly SkippedEntry[];
}

/**
 * Plans which entries move out of the data directory and which move in. A directory with something kept below it
 * stays, and becomes a root of its own whose children are moved one by one. So does one that holds a name which is not
 * UTF-8, unless a file takes its place, and a mount, with the directories above it.
 */
export async function planSwap(options: PlanOptions): Promise<SwapPlan> {
  const surveyed = await surveyRoots(options);
  const roots: SwapRoot[] = [];
  for (const root of surveyed.roots) roots.push(await planRoot(options, root));
  const decisive = roots.findLast(({ dir }) => childOf(dir, options.sentinel) !== undefined);
  const ordered = decisive ? [decisive, ...roots.filter((root) => root !== decisive)] : roots;
  return { roots: ordered, foreign: surveyed.foreign };
}

async function planRoot(options: PlanOptions, surveyed: SurveyedRoot): Promise<SwapRoot> {
  const { dir, mount, innerRoots, present, kept } = surveyed;
  const root = mount === undefined ? { dir } : { dir, mount };
  const { staged } = swapPlaces(options.dataDir, options, root);
  const arriving = await utf8ChildrenOf(options.disk, staged);
  const inner = new Set(innerRoots);
  for (const child of arriving.filter((name) => inner.has(name))) {
    await assertDirectory(options.disk, join(staged, child), join(options.dataDir, dir, child));
  }
  const sentinel = childOf(dir, options.sentinel);
  const out = present.filter((child) => !inner.has(child) && !kept.has(child));
  const coming = arriving.filter((child) => !inner.has(child));
  const isTop = dir === (mount ?? "");
  const keep = new Set([...kept, ...innerRoots, ...(isTop ? [RESTORE_FOLDER] : [])]);
  return { ...root, out: sentinelFirst(out, sentinel), in: sentinelFirst(coming, sentinel).reverse(), keep: [...keep] };
}

/** The child of a directory that is, or holds, a file. */
function childOf(dir: string, file: string | undefined): string | undefined {
  if (dir === "") return file?.split("/")[0];
  return file?.startsWith(`${dir}/`) ? file.slice(dir.length + 1).split("/")[0] : undefined;
}

function sentinelFirst(names: readonly string[], sentinel: string | undefined): string[] {
  return sentinel !== undefined && names.includes(sentinel)
    ? [sentinel, ...names.filter((name) => name !== sentinel)]
    : [...names];
}

async function assertDirectory(disk: Disk, staged: string, inPlace: string): Promise<void> {
  if ((await disk.lstat(staged)).isDirectory()) return;
  throw mustStay(inPlace);
}

/** The error of a file that would come where a directory stays. */
export function mustStay(directory: string): StowageError {
  const message = `the archive holds a file where a directory must stay, because of what is excluded, left out or mounted below it: ${directory}; move that directory away and restore again. Nothing was touched`;
  return new StowageError("SWAP_FAILED", message);
}
