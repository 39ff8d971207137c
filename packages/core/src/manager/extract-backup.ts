import { extractEntries } from "../archive/extract/extract-entries.ts";
import { Refusals } from "../archive/extract/refusals.ts";
import { withoutSlash } from "../archive/format/entry-name.ts";
import type { JudgedArchive } from "../archive/judge/judge-archive.ts";
import { matching } from "../archive/left-out/exclusions.ts";
import { type SkippedEntry, upTo } from "../archive/skipped-entry.ts";
import { platformOf } from "../disk/disk.ts";
import { FOLDING_PROBES, foldingTried } from "../disk/folding.ts";
import { withSlashes } from "../disk/path-below.ts";
import type { Platform } from "../disk/platform.ts";
import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { chooseLinks } from "../restore/choose-links.ts";
import { ExtractTarget } from "./extract-target.ts";
import { judgedBackup, limitsOfSpace } from "./judged-backup.ts";
import type { ExtractOptions } from "./operations/operation-options.ts";
import type { Operation } from "./operations/operations.ts";
import type { ArchiveReport } from "./settings/manager-options.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";

/**
 * Judges the archive under the operation's key and writes the selected entries into a directory elsewhere. A failure leaves nothing of
 * them. Where something else takes the directory's place meanwhile, nothing is written there: `PERMISSION_DENIED`.
 */
export async function extractBackup(
  filesystem: Filesystem,
  operation: Operation,
  settings: ManagerSettings & Pick<ExtractOptions, "to" | "select">,
): Promise<ArchiveReport> {
  const { disk } = settings;
  const isSelected = selector(settings.select, platformOf(disk));
  await using target = await ExtractTarget.make(settings.to);
  const names = new Set<string>();
  try {
    const base = await limitsOfSpace(disk, target.path);
    const kept = await settings.keptEntries(filesystem);
    for (const probe of FOLDING_PROBES) names.add(probe);
    const folding = await foldingTried(disk, target.path);
    await using judged = await judgedBackup(filesystem, operation, { ...settings, kept, base, folding });
    const { reader, archive, threads } = judged;
    const entries = archive.entries.filter(({ name }) => isSelected(withoutSlash(name)));
    const selected = archive.links.filter(({ entry }) => isSelected(entry.name));
    if (settings.select !== undefined && entries.length + selected.length === 0) throw noneSelected();
    const inTarget = { disk, directory: target.path, policy: settings.links, storages: [] };
    const chosen = await chooseLinks({ entries, links: selected }, inTarget);
    const count = entries.length + chosen.links.length;
    const size = entries.reduce((total, entry) => total + entry.size, 0);
    const onProgress = operation.phase("extract", { entriesTotal: count, bytesTotal: size });
    await target.assertInPlace();
    for (const { name } of [...entries, ...chosen.links]) names.add(name.split("/", 1)[0] ?? name);
    const { signal } = operation;
    const refusals = new Refusals();
    const place = { directory: target.path, disk, durable: false, links: chosen.links, refusals };
    await extractEntries(reader, entries, { ...place, signal, threads, onProgress });
    await target.assertInPlace();
    const warnings = [...refusals.warnings, ...toldOf(archive, isSelected)];
    return { entries: count, size, skipped: [...archive.skipped, ...chosen.skipped], warnings };
  } catch (error) {
    const told = operation.signal.aborted || (await target.isInPlace()) ? error : target.replaced(error);
    await target.clear(disk, names).catch(() => {}); // the first error is the one to tell
    throw told;
  }
}

/** What comes out otherwise than the archive says, of what was selected. */
function toldOf({ modes, guessed }: JudgedArchive, isSelected: (name: string) => boolean): SkippedEntry[] {
  const [some, others] = [modes, guessed].map((all) => all.filter(({ name }) => isSelected(withoutSlash(name))));
  return [...upTo(some ?? []), ...upTo(others ?? [])];
}

function noneSelected(): StowageError {
  return new StowageError("NOT_FOUND", "select: no entry of the archive is selected; entries() lists them");
}

function selector(select: ExtractOptions["select"], platform: Platform): (name: string) => boolean {
  if (select === undefined) return () => true;
  if (typeof select === "function") return (name) => isChosen(select(name));
  return matching(select.map((glob) => withSlashes(glob, platform)));
}

/** A promise would choose every entry, whatever it comes to. */
function isChosen(choice: unknown): boolean {
  if (!(choice instanceof Promise)) return Boolean(choice);
  choice.catch(() => {});
  throw new StowageError(
    "INVALID_ARGUMENT",
    "select: it returned a promise; it must say at once whether it takes a name",
  );
}
