import { closeSync, constants, existsSync, openSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { StowageError } from "../errors.ts";
import { descriptorPath } from "./descriptor-path.ts";
import { PLATFORM, type Platform } from "./platform.ts";

const DIRECTORY_FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Reaches names through the open directory that holds them, so that nobody can lead the way elsewhere by a link: the directory
 * is opened, is found to be where its path says (`/proc/self/fd`, see proc(5)), and the name is looked up in it, whatever lies at the
 * path by then. Keeps the last directory open; close it. Where there is no such list, the way is resolved just before.
 */
export class RealDirectory {
  #path: string | undefined;
  #encoding: "utf8" | "latin1" = "utf8";
  #descriptor: number | undefined;
  readonly #platform: Platform;

  constructor(platform: Platform = PLATFORM) {
    this.#platform = platform;
  }

  /** Returns a path to use at once instead of `path`, which must have no link on it: `PERMISSION_DENIED` if it has one. */
  reach<Path extends string | Buffer>(path: Path): Path;
  reach(path: string | Buffer): string | Buffer {
    if (typeof path === "string") return this.#reach(path, "utf8");
    // Names of any bytes: each is one character meanwhile.
    return Buffer.from(this.#reach(path.toString("latin1"), "latin1"), "latin1");
  }

  #reach(path: string, encoding: "utf8" | "latin1"): string {
    const directory = dirname(path);
    if (!this.#platform.reachesDescriptors || !hasDescriptors(this.#platform)) {
      assertReal(Buffer.from(directory, encoding));
      return path;
    }
    if (this.#path !== directory || this.#encoding !== encoding) this.#open(directory, encoding);
    return `${descriptorPath(this.#descriptor ?? -1)}/${basename(path)}`;
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#path = undefined;
  }

  #open(directory: string, encoding: "utf8" | "latin1"): void {
    this.close();
    const bytes = Buffer.from(directory, encoding);
    this.#descriptor = openDirectory(bytes);
    const place = readlinkSync(descriptorPath(this.#descriptor), { encoding: "buffer" });
    if (!Buffer.from(place).equals(bytes)) throw linked(bytes); // Deno returns a text
    this.#path = directory;
    this.#encoding = encoding;
  }
}

/** Reaches one name. */
export async function reachedReally<Path extends string | Buffer, T>(
  path: Path,
  action: (reached: Path) => Promise<T>,
  platform: Platform = PLATFORM,
): Promise<T> {
  const directory = new RealDirectory(platform);
  try {
    return await action(directory.reach(path));
  } finally {
    directory.close();
  }
}

/** By Node's own way along the path, which keeps case and normal form as they are written: the system tells its own. */
function assertReal(directory: Buffer): void {
  const real = realpathSync(directory, { encoding: "buffer" });
  if (!real.equals(directory) && real.toString() !== resolve(directory.toString())) throw linked(directory);
}

function openDirectory(directory: Buffer): number {
  try {
    return openSync(directory, DIRECTORY_FLAGS);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw code === "ELOOP" || code === "ENOTDIR" ? linked(directory) : error;
  }
}

let isThere: boolean | undefined;

function hasDescriptors({ descriptors = "" }: Pick<Platform, "descriptors">): boolean {
  isThere ??= existsSync(descriptors);
  return isThere;
}

function linked(directory: Buffer): StowageError {
  const message = `${directory} was replaced by a link while it was changed; nothing behind it was touched: look who else may write there`;
  return new StowageError("PERMISSION_DENIED", message);
}
