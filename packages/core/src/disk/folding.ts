import { join } from "node:path";
import type { Disk } from "./disk.ts";
import { ensureDirectory, isMissing, twice } from "./disk-steps.ts";
import { errnoOf } from "./errno-of.ts";
import { removeDirectoryIfPresent } from "./remove-tree.ts";

/** Which names a directory takes for one. It is looked at, since one volume may hold directories of both kinds. */
export interface Folding {
  /** Those that differ in upper and lower case. */
  readonly case: boolean;
  /** Those that are one text in two normal forms of Unicode. */
  readonly form: boolean;
}

export const NO_FOLDING: Folding = { case: false, form: false };

/** A name that can be written in other case, and in another form; and one in other case alone, for disks without such letters. */
export const FOLDING_PROBES: readonly [string, string] = ["stowage-\u00e9", "stowage-e"];
const [FOLDING_PROBE, PLAIN_PROBE] = FOLDING_PROBES;
/** How a disk says that it has no such name. */
const NO_SUCH_NAME: ReadonlySet<string | undefined> = new Set(["EILSEQ", "EINVAL"]);
const NAMES_TRIED = 64;

/** Finds out by names that lie in a directory. Without one that could tell, nothing folds. Changes nothing. */
export async function foldingSeen(disk: Disk, directory: string, names: readonly string[]): Promise<Folding> {
  const known = new Set(names);
  const some = names.slice(0, NAMES_TRIED);
  const seen = async (other: (name: string) => string) => {
    const name = some.find((candidate) => other(candidate) !== candidate && !known.has(other(candidate)));
    return name !== undefined && isSame(disk, join(directory, name), join(directory, other(name)));
  };
  return { case: await seen(inOtherCase), form: await seen(inOtherForm) };
}

/** Finds out by a directory, one of {@link FOLDING_PROBES}, that it makes and removes. One that was left there does not matter. */
export async function foldingTried(disk: Disk, directory: string): Promise<Folding> {
  try {
    return await foldingBy(FOLDING_PROBE, disk, directory);
  } catch (error) {
    if (!NO_SUCH_NAME.has(errnoOf(error))) throw error;
    return foldingBy(PLAIN_PROBE, disk, directory);
  }
}

async function foldingBy(probe: string, disk: Disk, directory: string): Promise<Folding> {
  const path = join(directory, probe);
  await ensureDirectory(disk, path);
  try {
    return await foldingSeen(disk, directory, [probe]);
  } finally {
    await twice(() => removeDirectoryIfPresent(disk, path));
  }
}

/** What is one name in any of several directories. */
export function foldingOfAll(foldings: readonly Folding[]): Folding {
  return { case: foldings.some((folding) => folding.case), form: foldings.some(({ form }) => form) };
}

function inOtherCase(name: string): string {
  const upper = name.toUpperCase();
  return upper === name ? name.toLowerCase() : upper;
}

function inOtherForm(name: string): string {
  const decomposed = name.normalize("NFD");
  return decomposed === name ? name.normalize("NFC") : decomposed;
}

async function isSame(disk: Disk, path: string, other: string): Promise<boolean> {
  try {
    const [one, two] = [await disk.lstat(path), await disk.lstat(other)];
    return one.ino === two.ino && one.dev === two.dev;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
