import type { Disk } from "../../disk/disk.ts";
import { pathBelow } from "../../disk/path-below.ts";
import { isSameFile } from "./open-file-to-back-up.ts";
import { isDirectory, type Walk, type WalkedEntry } from "./walk-directory.ts";

type Identity = Pick<WalkedEntry, "dev" | "ino">;

/** The directories of a walk, to tell whether a file that took a name since was put there, or came with another directory. */
export class WalkedDirectories {
  readonly #walk: Walk;
  readonly #disk: Pick<Disk, "lstat">;
  #seen: ReadonlyMap<string, Identity> | undefined;

  constructor(walk: Walk, disk: Pick<Disk, "lstat">) {
    this.#walk = walk;
    this.#disk = disk;
  }

  /** Says whether the directory that an entry lies in is the one that the walk saw. Rejects with what the disk says. */
  async isParentSame({ name }: Pick<WalkedEntry, "name">): Promise<boolean> {
    const parent = name.slice(0, name.lastIndexOf("/") + 1);
    const seen = this.#identityOf(parent);
    if (!seen) return false;
    if (!Number.isSafeInteger(seen.ino)) return true; // it may have been rounded, and proves nothing
    return isSameFile(await this.#disk.lstat(pathBelow(this.#walk.root, parent)), seen);
  }

  /** Files are rarely replaced while a backup is made: the directories are only gathered for the first. */
  #identityOf(directory: string): Identity | undefined {
    if (directory === "") return this.#walk.rootIdentity;
    this.#seen ??= new Map(this.#walk.entries.filter(isDirectory).map((entry) => [entry.name, entry]));
    return this.#seen.get(directory);
  }
}
