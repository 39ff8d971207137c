import { isUtf8 } from "node:buffer";
import { join } from "node:path";
import type { SkippedEntry } from "../../archive/skipped-entry.ts";
import { describedChildren, existsOnDisk, joinRaw, rawChildrenOf } from "../../disk/disk-steps.ts";
import { RESTORE_FOLDER } from "../folder/layout.ts";
import type { PlanOptions } from "./plan-options.ts";
import { pathsTo, swapPlaces } from "./swap-places.ts";

/** A directory that stays in place, so that its children are swapped one by one. */
export interface SurveyedRoot {
  readonly dir: string;
  readonly mount: string | undefined;
  /** Children whose names are UTF-8, sorted. */
  readonly present: readonly string[];
  /** Those that stay as they are. */
  readonly kept: ReadonlySet<string>;
  /** Those that are roots themselves. */
  readonly innerRoots: readonly string[];
}

/** The directories below a data directory that stay in place, and names that are not UTF-8. */
export async function surveyRoots(
  options: PlanOptions,
): Promise<Pick<Surveyor, "foreign"> & { roots: SurveyedRoot[] }> {
  const surveyor = new Surveyor(options, new Set([...(options.roots ?? []), ...options.mounts.flatMap(withParents)]));
  const roots = await surveyor.rootsBelow("", undefined);
  return { roots, foreign: surveyor.foreign };
}

/** Looks at everything below a data directory that may move out, for what must not. */
class Surveyor {
  /** Names that are not UTF-8. */
  readonly foreign: SkippedEntry[] = [];
  readonly #options: PlanOptions;
  readonly #forced: ReadonlySet<string>;

  /** `forced` are directories that stay in place in any case. */
  constructor(options: PlanOptions, forced: ReadonlySet<string>) {
    this.#options = options;
    this.#forced = forced;
  }

  /** The roots at and below a directory, itself first; none if it can move as a whole. The data directory itself is always one. */
  async rootsBelow(dir: string, mount: string | undefined): Promise<SurveyedRoot[]> {
    const { present, hasForeign } = await this.#childrenOf(dir, mount);
    const kept = new Set(present.filter((child) => this.#isKept(dir, child, mount)));
    const innerRoots: string[] = [];
    const below: SurveyedRoot[] = [];
    const moving = present.filter((child) => !kept.has(child));
    for (const child of await this.#directoriesOf(dir, moving)) {
      const name = nameBelow(dir, child);
      const found = await this.rootsBelow(name, this.#options.mounts.includes(name) ? name : mount);
      if (found.length > 0) innerRoots.push(child);
      below.push(...found);
    }
    const isRoot = dir === "" || this.#forced.has(dir) || hasForeign || kept.size > 0 || innerRoots.length > 0;
    return isRoot ? [{ dir, mount, present, kept, innerRoots }, ...below] : [];
  }

  async #childrenOf(dir: string, mount: string | undefined): Promise<{ present: string[]; hasForeign: boolean }> {
    const names = await rawChildrenOf(this.#options.disk, join(this.#options.dataDir, dir));
    const foreign = names.filter((name) => !isUtf8(name));
    // Otherwise they move out with their directory, and to `lost` when that is removed.
    const hasForeign = foreign.length > 0 && !(await this.#isFileStaged(dir, mount));
    for (const name of hasForeign ? foreign : []) {
      const bytes = dir === "" ? name : joinRaw(dir, name);
      this.foreign.push({ name: String(bytes), reason: "name-encoding", nameBase64: bytes.toString("base64") });
    }
    const present = names.filter((name) => isUtf8(name)).map(String);
    return { present: present.sort(), hasForeign };
  }

  /** A mount whose content is swapped too is no entry that stays: its children may. */
  #isKept(dir: string, child: string, mount: string | undefined): boolean {
    const name = nameBelow(dir, child);
    if (dir === (mount ?? "") && child === RESTORE_FOLDER) return true;
    return this.#options.isKept(name) && !this.#forced.has(name);
  }

  /** Says whether what comes in has something else in the place of a directory or of one above it. */
  async #isFileStaged(dir: string, mount: string | undefined): Promise<boolean> {
    const { disk, dataDir } = this.#options;
    const { staged } = swapPlaces(dataDir, this.#options, mount === undefined ? { dir } : { dir, mount });
    for (const path of pathsTo(staged, dir)) {
      if (!(await existsOnDisk(disk, path))) return false;
      if (!(await disk.lstat(path)).isDirectory()) return true;
    }
    return false;
  }

  async #directoriesOf(dir: string, children: readonly string[]): Promise<string[]> {
    const { disk, dataDir } = this.#options;
    const directories: string[] = [];
    const names = children.map((child) => Buffer.from(child));
    for await (const [name, entry] of describedChildren(disk, join(dataDir, dir), names)) {
      if (entry.isDirectory()) directories.push(String(name));
    }
    return directories;
  }
}

function nameBelow(dir: string, child: string): string {
  return dir === "" ? child : `${dir}/${child}`;
}

/** "a/b/c" with "a" and "a/b". */
function withParents(name: string): string[] {
  const parts = name.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
