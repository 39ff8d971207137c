import { join } from "node:path";
import { withoutSlash } from "../archive/format/entry-name.ts";
import type { Disk, DiskPath } from "../disk/disk.ts";
import { describedChildren, joinRaw, rawChildrenOf } from "../disk/disk-steps.ts";
import { errnoOf } from "../disk/errno-of.ts";
import { RESTORE_FOLDER } from "../restore/folder/layout.ts";
import type { SurveyedRoot } from "../restore/swap/survey.ts";
import type { ChosenEntries } from "./chosen-entries.ts";
import type { PlannedChange, RestorePlan } from "./restore-plan.ts";

type Changes = Pick<RestorePlan, "added" | "replaced" | "removed" | "kept">;

interface DataThere {
  readonly disk: Disk;
  readonly dataDir: string;
  readonly roots: readonly SurveyedRoot[];
  /** Everything that is mounted below the data directory. What stays is not looked into. */
  readonly mounted: readonly string[];
  /** Names that stay because they are not UTF-8. */
  readonly foreign: readonly { readonly name: string }[];
}

/** Compares what comes with what is there, by the names of files and links. */
export async function plannedChanges(held: ChosenEntries["held"], there: DataThere): Promise<Changes> {
  const coming = new Map<string, number>();
  for (const entry of held) if (!isDirectory(entry)) coming.set(entry.name, "size" in entry ? entry.size : 0);
  const kept = new Counter();
  const removed = new Counter();
  const replaced = new Counter();
  for (const { name } of there.foreign) kept.add(name, 0);
  for await (const { name, size, stays } of filesThere(there)) {
    const arriving = stays ? undefined : coming.get(name);
    if (arriving !== undefined) replaced.add(name, arriving);
    else (stays ? kept : removed).add(name, size);
    if (!stays) coming.delete(name);
  }
  const added = new Counter();
  for (const [name, size] of coming) added.add(name, size);
  return { added: added.change, replaced: replaced.change, removed: removed.change, kept: kept.change };
}

/** A link that is to be made has no type. */
function isDirectory(entry: ChosenEntries["held"][number]): boolean {
  return "type" in entry && (entry.type === "directory" || withoutSlash(entry.name) !== entry.name);
}

const NAMES_MAX = 100;

class Counter {
  #size = 0;
  readonly #names: string[] = [];

  add(name: string, size: number): void {
    this.#names.push(name);
    this.#size += size;
  }

  get change(): PlannedChange {
    return { count: this.#names.length, size: this.#size, names: this.#names.sort().slice(0, NAMES_MAX) };
  }
}

interface FileThere {
  readonly name: string;
  readonly size: number;
  readonly stays: boolean;
}

async function* filesThere({ disk, dataDir, roots, mounted }: DataThere): AsyncGenerator<FileThere> {
  for (const { dir, mount, present, kept, innerRoots } of roots) {
    const isTop = dir === (mount ?? "");
    const inner = new Set(innerRoots);
    const names = present.filter((child) => !inner.has(child) && !(isTop && child === RESTORE_FOLDER));
    for (const stays of [true, false]) {
      const some = names.filter((child) => kept.has(child) === stays).map((child) => Buffer.from(child));
      const below = { disk, prefix: dir === "" ? "" : `${dir}/`, stays, mounted };
      yield* filesIn(join(dataDir, dir), some, below);
    }
  }
}

interface Below {
  readonly disk: Disk;
  readonly prefix: string;
  readonly stays: boolean;
  readonly mounted: readonly string[];
}

async function* filesIn(directory: DiskPath, names: readonly Buffer[], below: Below): AsyncGenerator<FileThere> {
  const { disk, prefix, stays, mounted } = below;
  for await (const [raw, entry] of describedChildren(disk, directory, names)) {
    const name = prefix + String(raw);
    const isEntered = entry.isDirectory() && !(stays && mounted.includes(name));
    const path = joinRaw(directory, raw);
    const children = isEntered ? await childrenOf(path, below) : undefined;
    if (children) yield* filesIn(path, children, { ...below, prefix: `${name}/` });
    else yield { name, size: entry.isFile() ? entry.size : 0, stays };
  }
}

/** What stays need not be readable. */
async function childrenOf(path: DiskPath, { disk, stays }: Below): Promise<Buffer[] | undefined> {
  try {
    return await rawChildrenOf(disk, path);
  } catch (error) {
    if (stays && errnoOf(error) !== undefined) return undefined;
    throw error;
  }
}
