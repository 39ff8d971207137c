import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { NewLink } from "../archive/extract/place-links.ts";
import { isSideFile, linkReaches } from "../archive/judge/inner-links.ts";
import type { JudgedArchive } from "../archive/judge/judge-archive.ts";
import type { JudgedLink } from "../archive/judge/read-links.ts";
import type { SkippedEntry } from "../archive/skipped-entry.ts";
import { type Disk, platformOf } from "../disk/disk.ts";
import { linkAt } from "../disk/disk-steps.ts";
import { RESTORE_FOLDER } from "./folder/layout.ts";

/** What becomes of symbolic links. */
export type LinkPolicy = "inside" | "all" | "none";

export interface ChosenLinks {
  /** Those that are made. */
  readonly links: readonly NewLink[];
  /** Those that are not. What stands there stays. */
  readonly skipped: readonly SkippedEntry[];
}

interface Place {
  readonly disk: Disk;
  /** The directory that links go to. */
  readonly directory: string;
  readonly policy: LinkPolicy;
  /** Where below it backups lie. */
  readonly storages: readonly string[];
}

/**
 * Chooses the links that are made: those that lead to something inside the directory, and those that stand there already exactly so. With
 * "all" also the others (`link-outside`), but for those beside a database (`link-side-file`): SQLite would write to where they lead.
 */
export async function chooseLinks(
  { links, entries }: Pick<JudgedArchive, "links" | "entries">,
  place: Place,
): Promise<ChosenLinks> {
  const chosen = { links: [] as NewLink[], skipped: [] as SkippedEntry[] };
  if (links.length === 0) return chosen;
  const roots = [place.directory, await realpath(place.directory).catch(() => place.directory)];
  const reachOf = linkReaches({ links, entries, roots, isClosed: closedAt(place.storages) });
  for (const link of links) {
    const { name, modifiedAt, owner } = link.entry;
    const reason = await reasonToSkip(link, reachOf, place);
    if (reason !== undefined || link.target === undefined) chosen.skipped.push({ name, reason: reason ?? "symlink" });
    else chosen.links.push({ name, target: link.target, modifiedAt, owner });
  }
  return chosen;
}

async function reasonToSkip(
  link: JudgedLink,
  reachOf: ReturnType<typeof linkReaches>,
  place: Place,
): Promise<string | undefined> {
  const { disk, directory, policy } = place;
  const { name } = link.entry;
  if (link.target === undefined || !platformOf(disk).makesLinks) return "symlink";
  if (isSideFile(name)) return "link-side-file";
  if (policy === "all") return undefined;
  const { isInside, unknown } = reachOf(link);
  if (isInside && !(await isAnyLink(unknown, place))) return undefined;
  if (await isAnyLink(directoriesOf(name), place)) return "link-outside"; // it stands elsewhere
  const standing = await linkAt(disk, join(directory, name));
  return standing?.equals(Buffer.from(link.target)) ? undefined : "link-outside";
}

/** Whoever writes through a link must never write to the backups, nor to what a restore works with, at the top or of a mount. */
function closedAt(storages: readonly string[]): (name: string) => boolean {
  return (name) => storages.includes(name) || name.slice(name.lastIndexOf("/") + 1).toLowerCase() === RESTORE_FOLDER;
}

/** "a/b/c" gives "a" and "a/b". */
function directoriesOf(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

/** What is not in the archive may stay where it is, and lead anywhere. */
async function isAnyLink(names: readonly string[], { disk, directory }: Place): Promise<boolean> {
  for (const name of names) if ((await linkAt(disk, join(directory, name))) !== undefined) return true;
  return false;
}
