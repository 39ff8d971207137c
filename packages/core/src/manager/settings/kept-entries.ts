import { assertGlobs, excluding, matching } from "../../archive/left-out/exclusions.ts";
import type { SkippedEntry } from "../../archive/skipped-entry.ts";
import type { Disk } from "../../disk/disk.ts";
import type { Filesystem } from "../../filesystem/filesystem.ts";
import { storagePlaces } from "./storage-places.ts";
import { BACKUPS_FOLDER, doubtfulFolders, holdsBackups } from "./top-folders.ts";

/** What of the data directory a backup leaves out and a restore leaves alone. */
export interface KeptEntries {
  /** Takes a name relative to the data directory, with "/" between its parts. */
  isKept(name: string): boolean;
  /** What a backup must say that it left out, because nobody asked for it and it might be data. */
  leftOut(): Promise<readonly SkippedEntry[]>;
  /** Where below the data directory backups lie. */
  readonly storages: readonly string[];
}

/** Checks the globs now, so that a wrong one fails the constructor. What lies there is looked at when it is needed. */
export function keptEntries(
  { dataDir, disk }: { readonly dataDir: string; readonly disk: Disk },
  exclude: readonly string[],
): (filesystem: Filesystem) => Promise<KeptEntries> {
  assertGlobs(exclude, { option: "exclude", code: "CONFIG_INVALID" });
  const isExcluded = excluding(exclude);
  const isUnwanted = matching(exclude);
  return async (filesystem) => {
    const storage = await storagePlaces({ dataDir, disk }, filesystem.directories);
    const hasBackups = await holdsBackups(disk, dataDir, storage);
    const places = hasBackups ? [...storage, BACKUPS_FOLDER] : storage;
    const isPlace = (name: string) => places.some((place) => name === place || name.startsWith(`${place}/`));
    return {
      isKept: (name) => isPlace(name) || isExcluded(name),
      storages: storage,
      leftOut: async () => {
        const doubtful = [...(hasBackups ? [BACKUPS_FOLDER] : []), ...(await doubtfulFolders(disk, dataDir))];
        const unsaid = doubtful.filter((name) => !storage.includes(name) && !isUnwanted(name));
        return unsaid.map((name) => ({ name, reason: "excluded" }));
      },
    };
  };
}

/** For a restore: a folder `backups` that an archive holds nothing of is not taken away because of it, whatever is in it. */
export function keepingBackups<Kept extends KeptEntries>(
  kept: Kept,
  entries: readonly { readonly name: string }[],
): Kept {
  const below = `${BACKUPS_FOLDER}/`;
  if (entries.some(({ name }) => name === BACKUPS_FOLDER || name.startsWith(below))) return kept;
  const isBackups = (name: string) => name === BACKUPS_FOLDER || name.startsWith(below);
  return { ...kept, isKept: (name) => isBackups(name) || kept.isKept(name) };
}
