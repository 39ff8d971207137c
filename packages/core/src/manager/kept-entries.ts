import { realpath } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { excluding } from "../archive/exclusions.ts";
import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";

/** What of the data directory a backup leaves out and a restore leaves alone. */
export interface KeptEntries {
  /** Takes a name relative to the data directory, with "/" between its parts. */
  isKept(name: string): boolean;
  /** Whether anything below the top level can be kept. */
  readonly keepsBelowTop: boolean;
  /** Where below the data directory backups lie. */
  readonly storages?: readonly string[];
}

/** Checks the globs now, so that a wrong one fails the constructor. The storage's place is looked up when it is needed. */
export function keptEntries(
  dataDir: string,
  exclude: readonly string[],
): (filesystem: Filesystem) => Promise<KeptEntries> {
  const isExcluded = excluding(exclude);
  return async (filesystem) => {
    const storage = await storageBelow(dataDir, filesystem.directory);
    if (storage === undefined) return { isKept: isExcluded, keepsBelowTop: exclude.length > 0 };
    const isKept = (name: string) => name === storage || name.startsWith(`${storage}/`) || isExcluded(name);
    return { isKept, keepsBelowTop: exclude.length > 0 || storage.includes("/"), storages: [storage] };
  };
}

/** Where below the data directory the backups lie, if they do: a backup must never hold itself. */
async function storageBelow(dataDir: string, directory: string | undefined): Promise<string | undefined> {
  if (directory === undefined) return undefined;
  const path = relative(await realPath(dataDir), await realPath(directory));
  if (path === "") {
    const message = "dataDir: the backups would lie among the data itself; give them a folder of their own";
    throw new StowageError("CONFIG_INVALID", message);
  }
  const isOutside = path === ".." || path.startsWith(`..${sep}`) || resolve(path) === path;
  return isOutside ? undefined : path.split(sep).join("/");
}

async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
