import type { NewLink } from "../archive/extract/place-links.ts";
import type { JudgedArchive } from "../archive/judge/judge-archive.ts";
import type { PlacedEntry } from "../archive/judge/placed-entry.ts";
import type { Disk } from "../disk/disk.ts";
import { type ChosenLinks, chooseLinks, type LinkPolicy } from "../restore/choose-links.ts";
import { type LeftAlone, leavingAlone } from "../restore/left-alone.ts";
import { assertRelated } from "./assert-related.ts";
import { keepingBackups } from "./settings/kept-entries.ts";
import type { PlannedMounts } from "./settings/plan-mounts.ts";

/** What of an archive comes, and what of the data directory stays. */
export interface ChosenEntries {
  readonly chosen: ChosenLinks;
  /** All that comes. */
  readonly held: readonly (PlacedEntry | NewLink)[];
  readonly alone: LeftAlone;
  /** Whether an entry of the data directory stays as it is. */
  isKept(name: string): boolean;
}

interface Target {
  readonly disk: Disk;
  readonly dataDir: string;
  readonly links: LinkPolicy;
}

export async function chosenEntries(
  archive: JudgedArchive,
  planned: PlannedMounts,
  { disk, dataDir, links }: Target,
): Promise<ChosenEntries> {
  const chosen = await chooseLinks(archive, { ...planned, disk, directory: dataDir, policy: links });
  const held = [...archive.entries, ...chosen.links];
  const { exclude, skipped } = archive.record;
  const alone = leavingAlone({ exclude, skipped: [...skipped, ...chosen.skipped] }, held);
  const kept = keepingBackups(planned, held);
  return { chosen, held, alone, isKept: (name) => kept.isKept(name) || alone.reasonToStay(name) !== undefined };
}

/** Throws `INVALID_ARCHIVE` for the wrong archive. A link counts, whether it is made or not. */
export async function assertFits(
  archive: JudgedArchive,
  target: Omit<Parameters<typeof assertRelated>[1], "isKept">,
  { isKept }: Pick<ChosenEntries, "isKept">,
): Promise<void> {
  const entries = [...archive.entries, ...archive.links.map(({ entry }) => entry)];
  await assertRelated({ ...archive, entries }, { ...target, isKept });
}
