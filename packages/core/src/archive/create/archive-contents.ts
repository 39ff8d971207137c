import type { NewEntry } from "../format/local-header.ts";
import type { SkippedEntry } from "../skipped-entry.ts";

/** What went into an archive, in numbers, and what was left out of it by name. */
export class ArchiveContents {
  readonly #leftOut = new Map<string, string>();
  #entries = 0;
  #files = 0;
  #size = 0;
  #largest = { name: "", size: 0 };

  /** Files and directories. */
  get entries(): number {
    return this.#entries;
  }

  get files(): number {
    return this.#files;
  }

  /** Bytes of all files together. */
  get size(): number {
    return this.#size;
  }

  get largest(): { readonly name: string; readonly size: number } {
    return this.#largest;
  }

  /** By name, why not. */
  get leftOut(): ReadonlyMap<string, string> {
    return this.#leftOut;
  }

  add({ name, size }: Pick<NewEntry, "name" | "size">): void {
    this.#entries += 1;
    if (!name.endsWith("/")) this.#files += 1;
    this.#size += size;
    if (size > this.#largest.size) this.#largest = { name, size };
  }

  leaveOut({ name, reason }: SkippedEntry): void {
    this.#leftOut.set(name, reason);
  }
}
