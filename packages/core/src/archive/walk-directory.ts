import { isUtf8 } from "node:buffer";
import type { Stats } from "node:fs";
import { type Disk, nodeDisk } from "../disk.ts";
import { abortError, StowageError } from "../errors.ts";
import { compareKeys } from "../filesystem/compare-keys.ts";
import { lstatInSlices } from "../immediate-disk.ts";
import { nameProblem, withoutSlash } from "./entry-name.ts";
import { reasonOfMode, type SkippedEntry } from "./skipped-entry.ts";

const LSTATS_AT_ONCE = 64;
const NAMES_SHOWN = 10;

/** A file or directory to back up. */
export interface SourceEntry {
  /** Relative and "/"-separated. Ends in "/" for a directory. */
  readonly name: string;
  /** Bytes, as the walk saw it. 0 for a directory. */
  readonly size: number;
  /** Type and permission bits. */
  readonly mode: number;
  /** Milliseconds since 1970: there may be a million entries, and a `Date` for each takes more than all else. */
  readonly modifiedAtMs: number;
  /** Device and inode of a file, where the walk looked at it. */
  readonly dev?: number;
  readonly ino?: number;
}

/** What lies below a directory. */
export interface Walk {
  readonly root: string;
  /** In the order of the UTF-8 bytes of their names, so a directory comes before what it contains. */
  readonly entries: readonly SourceEntry[];
  readonly skipped: readonly SkippedEntry[];
  /** Bytes of all files together. */
  readonly size: number;
}

export interface WalkOptions {
  readonly disk: Disk;
  isExcluded(name: string): boolean;
  /** Whether a name that no restore would write, or a directory that cannot be read, fails the walk or is skipped. */
  readonly onUnreadable: "fail" | "skip";
  readonly signal: AbortSignal;
}

/**
 * Lists a directory without opening a file or following a link. Links and special files are skipped and reported; excluded
 * names are left out. A root that is no directory is `CONFIG_INVALID`; what cannot be backed up is `SOURCE_UNREADABLE`.
 */
export async function walkDirectory(root: string, options: WalkOptions): Promise<Walk> {
  const walker = new Walker(root, options);
  await checkRoot(root, options.disk);
  await walker.visit("");
  return walker.finish();
}

async function checkRoot(root: string, disk: Disk): Promise<void> {
  const missing = (cause?: unknown) =>
    new StowageError("CONFIG_INVALID", `dataDir: ${JSON.stringify(root)} is not a directory`, { cause });
  const stats = await disk.lstat(`${root}/`).catch((error: unknown) => {
    throw isVanished(error) ? missing(error) : error;
  });
  if (!stats.isDirectory()) throw missing();
}

class Walker {
  readonly #root: string;
  readonly #options: WalkOptions;
  readonly #entries: SourceEntry[] = [];
  readonly #skipped: SkippedEntry[] = [];
  readonly #refused: SkippedEntry[] = [];
  #size = 0;

  constructor(root: string, options: WalkOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** Adds what lies in a directory, whose name is "" or ends in "/". */
  async visit(directory: string, own?: SourceEntry): Promise<void> {
    const names = await this.#readNames(directory);
    if (own && names) this.#entries.push(own);
    for (const entry of await this.#describe(directory, names ?? [])) {
      if (isDirectory(entry)) {
        await this.visit(entry.name, entry);
        continue;
      }
      this.#entries.push(entry);
      this.#size += entry.size;
    }
  }

  finish(): Walk {
    const count = this.#refused.length;
    if (count === 0) {
      return { root: this.#root, entries: this.#entries, skipped: this.#skipped.sort(byName), size: this.#size };
    }
    const shown = this.#refused
      .sort(byName)
      .slice(0, NAMES_SHOWN)
      .map(({ name, reason }) => `${JSON.stringify(name)} (${reason})`);
    const more = count > shown.length ? ` and ${count - shown.length} more` : "";
    throw new StowageError("SOURCE_UNREADABLE", `${count} entries cannot be backed up: ${shown.join(", ")}${more}`);
  }

  async #readNames(directory: string): Promise<Buffer[] | undefined> {
    try {
      return await this.#options.disk.readDirectory(this.#path(directory));
    } catch (error) {
      this.#reject(directory, error);
      return undefined;
    }
  }

  async #describe(directory: string, names: readonly Buffer[]): Promise<SourceEntry[]> {
    const wanted = names.flatMap((bytes) => this.#wanted(directory, bytes) ?? []);
    const children: SourceEntry[] = [];
    for (let start = 0; start < wanted.length; start += LSTATS_AT_ONCE) {
      if (this.#options.signal.aborted) throw abortError(this.#options.signal);
      const some = wanted.slice(start, start + LSTATS_AT_ONCE);
      children.push(...this.#children(some, await this.#lstat(some.map((name) => this.#path(name)))));
    }
    return children.sort(byName);
  }

  #children(names: readonly string[], settled: readonly PromiseSettledResult<Stats>[]): SourceEntry[] {
    const children: SourceEntry[] = [];
    for (const [index, name] of names.entries()) {
      const each = settled[index];
      const child = each?.status === "fulfilled" ? this.#child(name, each.value) : this.#reject(name, each?.reason);
      if (child) children.push(child);
    }
    return children;
  }

  /** The name of what is neither excluded nor beyond what an archive can hold. */
  #wanted(directory: string, bytes: Buffer): string | undefined {
    const name = `${directory}${bytes.toString("utf8")}`;
    if (this.#options.isExcluded(name)) return undefined;
    const problem = isUtf8(bytes) ? nameProblem(name) : "name-encoding";
    if (!problem) return name;
    return this.#refuse(name, this.#options.onUnreadable === "fail" ? problem : "unsafe-name");
  }

  /** Waits for all of them: an error of one must not leave others under way. */
  #lstat(paths: readonly string[]): Promise<PromiseSettledResult<Stats>[]> {
    const { disk } = this.#options;
    if (disk === nodeDisk) return lstatInSlices(paths);
    return Promise.allSettled(paths.map((path) => disk.lstat(path)));
  }

  #child(name: string, stats: Stats): SourceEntry | undefined {
    const { mode, mtime, dev, ino } = stats;
    if (stats.isFile()) return { name, size: stats.size, mode, modifiedAtMs: mtime.getTime(), dev, ino };
    if (stats.isDirectory()) return { name: `${name}/`, size: 0, mode, modifiedAtMs: mtime.getTime() };
    this.#skipped.push({ name, reason: reasonOfMode(mode) });
    return undefined;
  }

  /** Decides about an entry that the disk does not let us see. What was deleted meanwhile has nothing to lose. */
  #reject(name: string, error: unknown): undefined {
    if (isVanished(error) && name !== "") this.#skipped.push({ name, reason: "vanished" });
    else if (hasCode(error) && name !== "") this.#refuse(name, "unreadable");
    else if (hasCode(error))
      throw new StowageError("SOURCE_UNREADABLE", `cannot read dataDir: ${error.code}`, { cause: error });
    else throw error;
  }

  #refuse(name: string, reason: string): undefined {
    const list = this.#options.onUnreadable === "fail" ? this.#refused : this.#skipped;
    list.push({ name, reason });
  }

  #path(name: string): string {
    return pathOf(this.#root, name);
  }
}

/** Returns where an entry of a walk lies. */
export function pathOf(root: string, name: string): string {
  return name === "" ? root : `${root}/${withoutSlash(name)}`;
}

export function isDirectory({ name }: Pick<SourceEntry, "name">): boolean {
  return name.endsWith("/");
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return compareKeys(left.name, right.name);
}

function hasCode(error: unknown): error is Error & { code: unknown } {
  return error instanceof Error && "code" in error;
}

function isVanished(error: unknown): boolean {
  return hasCode(error) && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
