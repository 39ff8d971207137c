import { closeSync, constants, existsSync, openSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname } from "node:path";
import { StowageError } from "./errors.ts";

const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const DESCRIPTORS = "/proc/self/fd";

/**
 * Reaches names through the open directory that holds them, so that nobody can lead the way elsewhere by a link: the directory
 * is opened, is found to be where its path says (`/proc/self/fd`, see proc(5)), and the name is looked up in it, whatever lies at the
 * path by then. Keeps the last directory open; close it. Where there is no such list, the way is resolved just before.
 */
export class RealDirectory {
  #path: string | undefined;
  #descriptor: number | undefined;

  /** Returns a path to use at once instead of `path`, which must have no link on it: `PERMISSION_DENIED` if it has one. */
  reach(path: string): string {
    const directory = dirname(path);
    if (!hasDescriptors()) {
      if (realpathSync(directory) !== directory) throw linked(directory);
      return path;
    }
    if (this.#path !== directory) this.#open(directory);
    return `${DESCRIPTORS}/${this.#descriptor}/${basename(path)}`;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#path = undefined;
  }

  #open(directory: string): void {
    this.close();
    this.#descriptor = openDirectory(directory);
    if (readlinkSync(`${DESCRIPTORS}/${this.#descriptor}`) !== directory) throw linked(directory);
    this.#path = directory;
  }
}

/** Reaches one name. */
export async function reachedReally<T>(path: string, action: (reached: string) => Promise<T>): Promise<T> {
  const directory = new RealDirectory();
  try {
    return await action(directory.reach(path));
  } finally {
    directory.close();
  }
}

function openDirectory(directory: string): number {
  try {
    return openSync(directory, DIRECTORY_FLAGS);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw code === "ELOOP" || code === "ENOTDIR" ? linked(directory) : error;
  }
}

let isThere: boolean | undefined;

function hasDescriptors(): boolean {
  isThere ??= existsSync(DESCRIPTORS);
  return isThere;
}

function linked(directory: string): StowageError {
  const message = `${directory} was replaced by a link while it was written to; nothing was written behind it`;
  return new StowageError("PERMISSION_DENIED", message);
}
