import type { Stats } from "node:fs";
import type { SkippedEntry } from "../skipped-entry.ts";

/** Finds the files of a tree that have several names in it: an archive holds a copy for each. */
export class HardLinks {
  readonly #names = new Map<string, string>();
  readonly #found = new Map<string, string>();

  /** Notes a file, if it has other names at all. */
  note(name: string, { dev, ino, nlink }: Pick<Stats, "dev" | "ino" | "nlink">): void {
    if (nlink < 2) return;
    const file = `${dev}:${ino}`;
    const first = this.#names.get(file);
    if (first === undefined) this.#names.set(file, name);
    else this.#found.set(file, first);
  }

  /** One of each such file, by the name that was met first. */
  get warnings(): SkippedEntry[] {
    return [...this.#found.values()].map((name) => ({ name, reason: "hard-link" }));
  }
}
