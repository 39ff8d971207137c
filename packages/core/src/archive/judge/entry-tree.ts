import { type Folding, NO_FOLDING } from "../../disk/folding.ts";
import type { ArchiveEntry } from "../format/central-header.ts";
import { withoutSlash } from "../format/entry-name.ts";
import { invalidArchive } from "../format/invalid-archive.ts";

/** Programs that look at names alone take a directory without "/" at its end for a file. */
type Node = "leaf" | "directory" | "directory by mode" | "implied directory";

/**
 * The files and directories that the entries make together. Refuses what no directory could hold: a name twice, a name that
 * is a file and a directory, an entry below a file. A directory may be named again, which says nothing new. Where the file
 * system folds names, also names that meet there.
 */
export class EntryTree {
  /** By path without a "/" at the end; directories that no entry names are here too. */
  readonly #nodes = new Map<string, Node>();
  readonly #folded = new Map<string, string>();
  readonly #folding: Folding;
  readonly #sizeMax: number;
  /** Directories that were named more than once. */
  readonly repeated = new Set<string>();
  /** Where the last entry lies: mostly the next one lies there too. */
  #lastParent = "";

  constructor({ maxEntries, folding = NO_FOLDING }: { maxEntries: number; folding?: Folding | undefined }) {
    this.#sizeMax = maxEntries;
    this.#folding = folding;
  }

  add(entry: Pick<ArchiveEntry, "name" | "type">): void {
    const path = withoutSlash(entry.name);
    this.#name(path, nodeOf(entry));
    const slash = path.lastIndexOf("/");
    const isBesideLast = slash === this.#lastParent.length && path.startsWith(this.#lastParent);
    if (slash <= 0 || isBesideLast) return;
    this.#imply(path, slash);
    this.#lastParent = path.slice(0, slash);
  }

  /** Adds the path that an entry names. */
  #name(path: string, node: Node): void {
    const known = this.#nodes.get(path);
    if (known === "implied directory" && node === "leaf") throw conflict(path);
    if (known === "implied directory") this.#nodes.set(path, node);
    else if (known === undefined) this.#put(path, node);
    else if (known === "directory" && node === "directory") this.repeated.add(path);
    else throw duplicate(path);
  }

  /** Adds the directories above a path whose last "/" is at `slash`. Those above a directory that is known are known. */
  #imply(path: string, slash: number): void {
    for (let end = slash; end > 0; end = path.lastIndexOf("/", end - 1)) {
      const parent = path.slice(0, end);
      const known = this.#nodes.get(parent);
      if (known === "leaf") throw conflict(parent);
      if (known !== undefined) return;
      this.#put(parent, "implied directory");
    }
  }

  #checkFolded(path: string): void {
    const folded = foldName(path, this.#folding);
    const other = this.#folded.get(folded);
    if (other !== undefined) {
      const names = `${JSON.stringify(path)} and ${JSON.stringify(other)}`;
      throw invalidArchive("colliding-names", `${names} are one name on this disk`);
    }
    this.#folded.set(folded, path);
  }

  #put(path: string, node: Node): void {
    this.#nodes.set(path, node);
    if (this.#folding.case || this.#folding.form) this.#checkFolded(path);
    // Directories that no entry names count too: names can imply 127 of them each.
    if (this.#nodes.size > this.#sizeMax) {
      throw invalidArchive("too-many-entries", `more than ${this.#sizeMax} files and directories`);
    }
  }
}

function nodeOf({ name, type }: Pick<ArchiveEntry, "name" | "type">): Node {
  if (type !== "directory") return "leaf";
  return name.endsWith("/") ? "directory" : "directory by mode";
}

function duplicate(path: string): Error {
  const found = `two entries are called ${JSON.stringify(path)}, and programs differ in which they take`;
  const writer = "zip4j writes so where it follows a link: pack it again, with links as links or without them";
  return invalidArchive("duplicate-name", `${found}; ${writer}`);
}

function conflict(path: string): Error {
  return invalidArchive("file-directory-conflict", `${JSON.stringify(path)} is a directory and something else`);
}
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
const ASCII = /^[\u0000-\u007f]*$/;

/** Returns a form that two names share if a file system that folds so takes them for one. */
export function foldName(name: string, folding: Folding): string {
  if (ASCII.test(name)) return folding.case ? name.toLowerCase() : name;
  if (!folding.form) return folding.case ? name.toUpperCase().toLowerCase() : name;
  if (!folding.case) return name.normalize("NFD");
  return name.normalize("NFKD").toUpperCase().toLowerCase().normalize("NFKD");
}
