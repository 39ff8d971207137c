import { join } from "node:path";
import type { Disk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import { childrenOf, isMissing } from "./disk-steps.ts";
import type { SwapRoot } from "./journal.ts";
import { RESTORE_FOLDER } from "./layout.ts";
import { swapPlaces } from "./swap-places.ts";

export interface PlanOptions {
  readonly disk: Disk;
  readonly dataDir: string;
  readonly id: string;
  /** Whether the previous content of the same id comes back, instead of staged content coming in. */
  readonly isRollback?: boolean;
  /** Whether an entry stays as it is; its name is relative to the data directory. */
  isKept(name: string): boolean;
  /** Whether anything below the top level can be kept. Without it, nothing there is looked at. */
  readonly keepsBelowTop: boolean;
  /** The file whose move decides: first out, last in. */
  readonly sentinel?: string | undefined;
  /** Mounts below the data directory whose content is swapped too, each on its own volume. The mount point stays. */
  readonly mounts: readonly string[];
  /** Directories that stay in place even with nothing kept below them, because the staged content was parted there. */
  readonly roots?: readonly string[];
}

/**
 * Plans which entries move out of the data directory and which move in. A directory with something kept below it
 * stays, and becomes a root of its own whose children are moved one by one. So does a mount, with the directories above it.
 */
export async function planSwap(options: PlanOptions): Promise<SwapRoot[]> {
  const forced = new Set([...(options.roots ?? []), ...options.mounts.flatMap(withParents)]);
  const roots: SwapRoot[] = [];
  for (const root of await rootsBelow(options, { forced, dir: "", mount: undefined })) {
    roots.push(await planRoot(options, root));
  }
  const decisive = roots.findLast(({ dir }) => childOf(dir, options.sentinel) !== undefined);
  return decisive ? [decisive, ...roots.filter((root) => root !== decisive)] : roots;
}

interface Root {
  readonly dir: string;
  readonly mount: string | undefined;
  /** Children that are roots themselves. */
  readonly innerRoots: readonly string[];
}

/** The directories that must stay in place, the data directory itself first. */
async function rootsBelow(
  options: PlanOptions,
  { forced, dir, mount }: { forced: ReadonlySet<string> } & Omit<Root, "innerRoots">,
): Promise<Root[]> {
  const innerRoots: string[] = [];
  const below: Root[] = [];
  for (const child of await childrenOf(options.disk, join(options.dataDir, dir))) {
    const name = nameBelow(dir, child);
    if (!(options.keepsBelowTop || forced.has(name)) || options.isKept(name) || !(await isDirectory(options, name))) {
      continue;
    }
    const inner = { forced, dir: name, mount: options.mounts.includes(name) ? name : mount };
    const found = await rootsBelow(options, inner);
    if (found.length === 1 && !forced.has(name) && !(await holdsKept(options, name))) continue;
    innerRoots.push(child);
    below.push(...found);
  }
  return [{ dir, mount, innerRoots }, ...below];
}

async function holdsKept(options: PlanOptions, dir: string): Promise<boolean> {
  const children = await childrenOf(options.disk, join(options.dataDir, dir));
  return children.some((child) => options.isKept(`${dir}/${child}`));
}

async function planRoot(options: PlanOptions, { dir, mount, innerRoots }: Root): Promise<SwapRoot> {
  const { disk, dataDir } = options;
  const root = mount === undefined ? { dir } : { dir, mount };
  const { inPlace, staged } = swapPlaces(dataDir, options, root);
  const isTop = dir === (mount ?? "");
  const isKept = (child: string) => (isTop && child === RESTORE_FOLDER) || options.isKept(nameBelow(dir, child));
  const present = await childrenOf(disk, inPlace);
  const arriving = await childrenOf(disk, staged);
  const inner = new Set(innerRoots);
  for (const child of arriving) if (inner.has(child)) await assertDirectory(disk, join(staged, child));
  const sentinel = childOf(dir, options.sentinel);
  const out = present.filter((child) => !inner.has(child) && !isKept(child));
  const coming = arriving.filter((child) => !inner.has(child));
  const keep = new Set([...present.filter(isKept), ...innerRoots, ...(isTop ? [RESTORE_FOLDER] : [])]);
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

function nameBelow(dir: string, child: string): string {
  return dir === "" ? child : `${dir}/${child}`;
}

/** "a/b/c" with "a" and "a/b". */
function withParents(name: string): string[] {
  const parts = name.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

async function assertDirectory(disk: Disk, staged: string): Promise<void> {
  if ((await disk.lstat(staged)).isDirectory()) return;
  const message = `the archive holds a file where a directory must stay, because of what is excluded below it: ${staged}`;
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
