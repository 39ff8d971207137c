import type { JudgedArchive } from "../archive/judge/judge-archive.ts";
import { type SkippedEntry, upTo } from "../archive/skipped-entry.ts";
import type { ChosenLinks } from "../restore/choose-links.ts";
import { type LeftAlone, reportedOf } from "../restore/left-alone.ts";
import type { RestoreOutcome } from "../restore/restore-archive.ts";
import type { KeptEntries } from "./settings/kept-entries.ts";
import type { RestoreReport } from "./settings/manager-options.ts";

/** Says what was restored, what did not come along, and what was left alone or moved aside. Each name once. */
export function restoreReport(
  { entries, size, skipped, record, modes, guessed }: JudgedArchive,
  { roots, foreign, lost, warnings }: RestoreOutcome,
  {
    alone,
    planned,
    chosen,
  }: { readonly alone: LeftAlone; readonly planned: KeptEntries; readonly chosen: ChosenLinks },
): RestoreReport {
  const inPlace = roots.flatMap(({ dir, keep }) => keep.map((child) => (dir === "" ? child : `${dir}/${child}`)));
  const left = inPlace.flatMap((name) => {
    const reason = planned.isKept(name) ? undefined : alone.reasonTold(name);
    return reason === undefined ? [] : [{ name, reason }];
  });
  const all = [...skipped, ...chosen.skipped, ...reportedOf(record, planned.isKept), ...left, ...foreign];
  const shown = lost.map(({ folder: _, ...entry }) => entry);
  const lostIn = [...new Set(lost.map(({ folder }) => folder))];
  return {
    entries: entries.length + chosen.links.length,
    size,
    skipped: eachOnce(all),
    warnings: [...warnings, ...upTo(modes), ...upTo(guessed)],
    lost: shown,
    lostIn,
  };
}

function eachOnce(entries: readonly SkippedEntry[]): SkippedEntry[] {
  const known = new Map<string, SkippedEntry>();
  for (const entry of entries) {
    const key = entry.nameBase64 ?? entry.name;
    if (!known.has(key)) known.set(key, entry);
  }
  return [...known.values()];
}
