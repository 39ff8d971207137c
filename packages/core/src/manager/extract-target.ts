import { constants } from "node:fs";
import { type FileHandle, open, readdir, realpath, rmdir } from "node:fs/promises";
import { descriptorPath, realPathOf } from "../disk/descriptor-path.ts";
import type { Disk } from "../disk/disk.ts";
import { errnoOf } from "../disk/errno-of.ts";
import { makeDirectories } from "../disk/make-directories.ts";
import { pathBelow } from "../disk/path-below.ts";
import { PLATFORM } from "../disk/platform.ts";
import { removeTree } from "../disk/remove-tree.ts";
import { statCallsOn } from "../disk/stat-calls.ts";
import { StowageError } from "../errors.ts";

const FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * The directory that an extract fills. It stays open, so that it is known whatever takes its name meanwhile: nothing is cleaned
 * up in another one, and what was written to this one is removed wherever it was moved.
 */
export class ExtractTarget implements AsyncDisposable {
  /** Where it lay when it was made, without any link. */
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #isMade: boolean;

  private constructor(path: string, handle: FileHandle, isMade: boolean) {
    this.path = path;
    this.#handle = handle;
    this.#isMade = isMade;
  }

  /** Makes a directory with its missing parents, or takes one that is empty: `INVALID_ARGUMENT` if it is not, or no directory. */
  static async make(to: string): Promise<ExtractTarget> {
    const made = await makeDirectory(to);
    const path = await realpath(to);
    const target = new ExtractTarget(path, await open(path, FLAGS), made !== undefined);
    try {
      await target.assertInPlace();
      if ((await readdir(path)).length > 0)
        throw new StowageError("INVALID_ARGUMENT", "to: the directory is not empty");
      return target;
    } catch (error) {
      await target[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Says whether it still lies where it was made. */
  async isInPlace(): Promise<boolean> {
    const calls = statCallsOn(PLATFORM);
    const own = await calls.ofHandle(this.#handle);
    const there = await calls.later(this.path).catch(() => undefined);
    return there?.isDirectory() === true && there.dev === own.dev && there.ino === own.ino;
  }

  /** `PERMISSION_DENIED` unless it still lies where it was made. */
  async assertInPlace(): Promise<void> {
    if (!(await this.isInPlace())) throw this.replaced();
  }

  /** The error of an extract whose target does not lie there any more. */
  replaced(cause?: unknown): StowageError {
    const message = `${this.path} was moved, or replaced by a link or another directory, while it was written to; look who else may write there, and extract to another place`;
    return new StowageError("PERMISSION_DENIED", message, { cause });
  }

  /** Removes names that were written to it, and itself if it was made. Follows no link. */
  async clear(disk: Disk, names: Iterable<string>): Promise<void> {
    const base = await this.#reached();
    if (base === undefined) return;
    for (const name of names) await removeTree(disk, pathBelow(base, name));
    if (this.#isMade && (await this.isInPlace())) await rmdir(this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close().catch(() => {}); // it was only looked at
  }

  /** A path that leads to it now; nothing where there is none that is sure. */
  async #reached(): Promise<string | undefined> {
    const isListed = await realPathOf(this.#handle.fd).then(
      () => true,
      () => false,
    );
    if (isListed) return descriptorPath(this.#handle.fd);
    return (await this.isInPlace()) ? this.path : undefined;
  }
}

async function makeDirectory(to: string): Promise<string | undefined> {
  try {
    return await makeDirectories(to);
  } catch (error) {
    if (!["EEXIST", "ENOTDIR"].includes(errnoOf(error) ?? "")) throw error;
    throw new StowageError("INVALID_ARGUMENT", "to: it is not a directory", { cause: error });
  }
}
