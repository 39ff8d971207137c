import { isUtf8 } from "node:buffer";
import type { Stats } from "node:fs";
import { sep } from "node:path";
import { type Disk, type DiskDirectory, platformOf } from "../../disk/disk.ts";
import { pathBelow } from "../../disk/path-below.ts";
import { abortError, StowageError } from "../../errors.ts";
import { compareKeys } from "../../filesystem/key.ts";
import { nameProblem, withoutSlash } from "../format/entry-name.ts";
import { isSameOwner, type Owner } from "../format/owner.ts";
import { reasonOfMode, type SkippedEntry } from "../skipped-entry.ts";
import { HardLinks } from "./hard-links.ts";
import { modifiedAtOf } from "./modified-at.ts";
import { readLink } from "./read-link.ts";
import { assertPlace, cannotBeBackedUp, checkRoot } from "./walk-place.ts";

const LSTATS_AT_ONCE = 64;

/** A file or directory to back up. */
export interface WalkedEntry {
  /** Relative and "/"-separated. Ends in "/" for a directory. */
  readonly name: string;
  /** Bytes, as the walk saw it. 0 for a directory. */
  readonly size: number;
  /** Type and permission bits. */
  readonly mode: number;
  /** Milliseconds since 1970: there may be a million entries, and a `Date` for each takes more than all else. */
  readonly modifiedAtMs: number;
  /** Device and inode: which file it is, whatever takes its name later. */
  readonly dev: number;
  readonly ino: number;
  /** Where that is another one than of the root. */
  readonly owner?: Owner | undefined;
}

/** A symbolic link to back up, with where it leads. */
export interface WalkedLink extends WalkedEntry {
  readonly target: string;
}

/** What lies below a directory. */
export interface Walk {
  readonly root: string;
  /** Which directory it is. */
  readonly rootIdentity: Pick<WalkedEntry, "dev" | "ino">;
  /** Where that lies, without any link. */
  readonly realRoot: string;
  /** In the order of the UTF-8 bytes of their names, so a directory comes before what it contains. */
  readonly entries: readonly WalkedEntry[];
  /** In the same order. */
  readonly links: readonly WalkedLink[];
  readonly skipped: readonly SkippedEntry[];
  /** Files with several names, which come back as copies. */
  readonly hardLinks: readonly SkippedEntry[];
  /** Bytes of all files together. */
  readonly size: number;
}

export interface WalkOptions {
  readonly disk: Disk;
  isExcluded(name: string): boolean;
  /** Whether a name that no restore would write, or a directory that cannot be read, fails the walk or is skipped. */
  readonly onUnreadable: "fail" | "skip";
  /** The most bytes of a name that a restore can write here. A longer one is treated as one that no archive can hold. */
  readonly nameSizeMax?: number;
  /** Whether links are backed up; skipped like special files if not. */
  readonly takesLinks?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Lists a directory without opening a file or following a link, also where a directory is swapped for one meanwhile: each is
 * opened, must lie where it should (`SOURCE_CHANGED`), and its children are looked at through it. Special files are skipped and
 * reported, and links whose target is not UTF-8; excluded names are left out. A root that is no directory is `CONFIG_INVALID`; what cannot be backed up is `SOURCE_UNREADABLE`.
 */
export async function walkDirectory(root: string, options: WalkOptions): Promise<Walk> {
  const walker = new Walker(root, options);
  await checkRoot(root, options.disk);
  await walker.visit("");
  return walker.finish();
}

class Walker {
  readonly #root: string;
  readonly #options: WalkOptions;
  readonly #entries: WalkedEntry[] = [];
  readonly #links: WalkedLink[] = [];
  readonly #found: WalkedEntry[] = []; // links of the directory that is looked at
  readonly #skipped: SkippedEntry[] = [];
  readonly #hardLinks = new HardLinks();
  readonly #refused: SkippedEntry[] = [];
  #size = 0;
  #realRoot = "";
  #rootOwner: Owner = { uid: 0, gid: 0 };
  #rootIdentity: Walk["rootIdentity"] = { dev: 0, ino: 0 };

  constructor(root: string, options: WalkOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** Adds what lies in a directory, whose name is "" or ends in "/". */
  async visit(directory: string, own?: WalkedEntry): Promise<void> {
    const children = await this.#childrenOf(directory);
    if (own && children) this.#entries.push(own);
    for (const entry of children ?? []) {
      if (isDirectory(entry)) await this.visit(entry.name, entry);
      else this.#entries.push(entry);
      this.#size += entry.size;
    }
  }

  finish(): Walk {
    if (this.#refused.length > 0) throw cannotBeBackedUp(this.#refused.sort(byName));
    return {
      root: this.#root,
      rootIdentity: this.#rootIdentity,
      realRoot: this.#realRoot,
      entries: this.#entries,
      links: this.#links.sort(byName),
      skipped: this.#skipped.sort(byName),
      hardLinks: this.#hardLinks.warnings.sort(byName),
      size: this.#size,
    };
  }

  /** Nothing if the directory cannot be seen. It is open only for as long as it is looked at, however deep the tree is. */
  async #childrenOf(directory: string): Promise<WalkedEntry[] | undefined> {
    let open: DiskDirectory | undefined;
    try {
      const path = pathOf(this.#root, directory);
      open = await this.#options.disk.openDirectory(path, { followsLink: directory === "" });
      await this.#checkPlace(directory, open);
      return await this.#describe(directory, open);
    } catch (error) {
      return this.#reject(directory, error);
    } finally {
      await open?.close().catch(() => {}); // it was only read
    }
  }

  async #checkPlace(directory: string, open: DiskDirectory): Promise<void> {
    const place = await open.realPath();
    if (directory !== "") return assertPlace(directory, place, pathOf(this.#realRoot, directory));
    const [own] = await open.lstatChildren(["."]);
    if (own?.status !== "fulfilled") throw own?.reason;
    this.#realRoot = place.endsWith(sep) ? place.slice(0, -1) : place; // the top of a volume
    this.#rootIdentity = { dev: own.value.dev, ino: own.value.ino };
    this.#rootOwner = { uid: own.value.uid, gid: own.value.gid };
  }

  async #describe(directory: string, open: DiskDirectory): Promise<WalkedEntry[]> {
    const names = await open.readNames();
    const wanted = names.flatMap((bytes) => this.#wanted(directory, bytes) ?? []);
    const children: WalkedEntry[] = [];
    for (let start = 0; start < wanted.length; start += LSTATS_AT_ONCE) {
      if (this.#options.signal.aborted) throw abortError(this.#options.signal);
      const some = wanted.slice(start, start + LSTATS_AT_ONCE);
      const settled = await open.lstatChildren(some.map((name) => name.slice(directory.length)));
      children.push(...this.#children(some, settled));
    }
    await this.#readLinks(open);
    return children.sort(byName);
  }

  async #readLinks(open: DiskDirectory): Promise<void> {
    for (const link of this.#found.splice(0)) {
      try {
        const read = await readLink(open, link);
        if ("reason" in read) this.#skipped.push(read);
        else this.#links.push(read);
      } catch (error) {
        this.#reject(link.name, error);
      }
    }
  }

  #children(names: readonly string[], settled: readonly PromiseSettledResult<Stats>[]): WalkedEntry[] {
    const children: WalkedEntry[] = [];
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
    if (problem) {
      const reason = this.#options.onUnreadable === "fail" ? problem : "unsafe-name";
      return this.#refuse(name, reason, isUtf8(bytes) ? undefined : Buffer.concat([Buffer.from(directory), bytes]));
    }
    const here = platformOf(this.#options.disk).nameProblem(name);
    if (here) return void this.#skipped.push({ name, reason: here });
    const { nameSizeMax = Number.POSITIVE_INFINITY } = this.#options;
    const isTooLong = 3 * name.length > nameSizeMax && Buffer.byteLength(name) > nameSizeMax;
    return isTooLong ? this.#refuse(name, "path-too-long") : name;
  }

  #child(name: string, stats: Stats): WalkedEntry | undefined {
    const { mode, dev, ino, uid, gid } = stats;
    const owner = isSameOwner(stats, this.#rootOwner) ? undefined : { uid, gid };
    const entry = { name, size: 0, mode, modifiedAtMs: modifiedAtOf(stats).getTime(), dev, ino, owner };
    if (stats.isFile()) this.#hardLinks.note(name, stats);
    if (stats.isFile()) return { ...entry, size: stats.size };
    if (stats.isDirectory()) return { ...entry, name: `${name}/` };
    if (stats.isSymbolicLink() && this.#options.takesLinks) this.#found.push(entry);
    else this.#skipped.push({ name, reason: reasonOfMode(mode) });
    return undefined;
  }

  /** Decides about an entry that the disk does not let us see. What was deleted meanwhile has nothing to lose. */
  #reject(name: string, error: unknown): undefined {
    if (error instanceof StowageError) throw error;
    if (isVanished(error) && name !== "") this.#skipped.push({ name, reason: "vanished" });
    else if (hasCode(error) && name !== "") this.#refuse(name, "unreadable");
    else if (hasCode(error))
      throw new StowageError("SOURCE_UNREADABLE", `cannot read dataDir: ${error.code}`, { cause: error });
    else throw error;
  }

  #refuse(name: string, reason: string, bytes?: Buffer): undefined {
    const list = this.#options.onUnreadable === "fail" ? this.#refused : this.#skipped;
    list.push({ name, reason, ...(bytes && { nameBase64: bytes.toString("base64") }) });
  }
}

/** Returns where an entry of a walk lies. */
export function pathOf(root: string, name: string): string {
  return name === "" ? root : pathBelow(root, withoutSlash(name));
}

export function isDirectory({ name }: Pick<WalkedEntry, "name">): boolean {
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
