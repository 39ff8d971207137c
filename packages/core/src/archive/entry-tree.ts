import type { ArchiveEntry } from "./central-header.ts";
import { withoutSlash } from "./entry-name.ts";
import { invalidArchive } from "./invalid-archive.ts";

/**
 * The files and directories that the entries make together. Refuses what no directory could hold: a name twice, a name that
 * is a file and a directory, an entry below a file. Where the file system folds names, also names that meet there.
 */
export class EntryTree {
  /** By path without a "/" at the end; directories that no entry names are here too. */
  readonly #isDirectory = new Map<string, boolean>();
  readonly #named = new Set<string>();
  readonly #folded: Map<string, string> | undefined;
  readonly #sizeMax: number;

  constructor({ maxEntries, foldsNames }: { maxEntries: number; foldsNames: boolean }) {
    this.#sizeMax = maxEntries;
    this.#folded = foldsNames ? new Map() : undefined;
  }

  add(entry: ArchiveEntry): void {
    const path = withoutSlash(entry.name);
    const isDirectory = entry.type === "directory";
    if (this.#named.has(path)) throw invalidArchive("duplicate-name", `two entries are called ${JSON.stringify(path)}`);
    this.#named.add(path);
    this.#put(path, isDirectory);
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const parent = path.slice(0, slash);
      if (this.#isDirectory.get(parent) === true) return;
      this.#put(parent, true);
    }
  }

  #put(path: string, isDirectory: boolean): void {
    const known = this.#isDirectory.get(path);
    if (known === isDirectory) return;
    if (known !== undefined) {
      throw invalidArchive("file-directory-conflict", `${JSON.stringify(path)} is a directory and something else`);
    }
    this.#isDirectory.set(path, isDirectory);
    this.#checkFolded(path);
    // Directories that no entry names count too: names can imply 127 of them each.
    if (this.#isDirectory.size > this.#sizeMax) {
      throw invalidArchive("too-many-entries", `more than ${this.#sizeMax} files and directories`);
    }
  }

  #checkFolded(path: string): void {
    const folded = foldName(path);
    const other = this.#folded?.get(folded);
    if (other !== undefined) {
      throw invalidArchive(
        "colliding-names",
        `${JSON.stringify(path)} and ${JSON.stringify(other)} are one name there`,
      );
    }
    this.#folded?.set(folded, path);
  }
}

/** Returns a form that two names share if some file system takes them for one, by case or by Unicode normalisation. */
export function foldName(name: string): string {
  return name.normalize("NFKD").toUpperCase().toLowerCase().normalize("NFKD");
}
