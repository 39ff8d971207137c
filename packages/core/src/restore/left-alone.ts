import type { ArchiveEntry } from "../archive/format/central-header.ts";
import { withoutSlash } from "../archive/format/entry-name.ts";
import type { LeftOut } from "../archive/left-out/left-out.ts";
import { matchingOfRecord } from "../archive/left-out/record-globs.ts";
import type { SkippedEntry } from "../archive/skipped-entry.ts";

/** What an archive says that it left out, of which nothing is replaced. */
export interface LeftAlone {
  /**
   * Why an entry of the data directory stays although it is not in the archive; undefined if it does not. `INVALID_ARCHIVE`,
   * `left-out-record`, if that takes too long to tell.
   */
  reasonToStay(name: string): string | undefined;
  /** The same of an entry of which {@link reasonToStay} was asked and told that it stays. Cannot fail. */
  reasonTold(name: string): string | undefined;
}

/** So many names of a record are reported. */
const REPORTED_MAX = 1_000;
/** Characters and parts of a name for which the manager's globs are asked: a stranger may have made it so that this takes ages. */
const ASKED_LENGTH = 4_096;
const ASKED_DEPTH = 128;

/** Combines what an archive holds with what it says that it left out. The former counts more, whatever the latter says. */
export function leavingAlone(leftOut: LeftOut, entries: readonly Pick<ArchiveEntry, "name">[]): LeftAlone {
  const held = withParents(entries);
  const isMatched = matchingOfRecord(leftOut.exclude);
  const utf8 = leftOut.skipped.filter(({ nameBase64 }) => nameBase64 === undefined);
  const reasons = new Map(utf8.map(({ name, reason }) => [name, reason]));
  const told = new Map<string, string>();
  return {
    reasonToStay: (name) => {
      if (held.has(name)) return undefined;
      const reason = reasonAbove(name, reasons) ?? (isMatched(name) ? "excluded" : undefined);
      if (reason !== undefined) told.set(name, reason);
      return reason;
    },
    reasonTold: (name) => told.get(name),
  };
}

/** What a restore reports of a record: everything but what the manager leaves alone anyway, up to some number of names. */
export function reportedOf(leftOut: LeftOut, isKnown: (name: string) => boolean): SkippedEntry[] {
  const globs = leftOut.exclude.map((name) => ({ name, reason: "excluded" }));
  const all = [...globs, ...leftOut.skipped];
  const reported: SkippedEntry[] = [];
  for (const [index, entry] of all.entries()) {
    if (canAsk(entry.name) && isKnown(entry.name)) continue;
    if (reported.length === REPORTED_MAX) {
      return [...reported, { name: `and ${all.length - index} more`, reason: "left-out" }];
    }
    reported.push(entry);
  }
  return reported;
}

function canAsk(name: string): boolean {
  return name.length <= ASKED_LENGTH && name.split("/").length <= ASKED_DEPTH;
}

function reasonAbove(name: string, reasons: ReadonlyMap<string, string>): string | undefined {
  if (reasons.size === 0) return undefined;
  for (let end = name.length; end > 0; end = name.lastIndexOf("/", end - 1)) {
    const reason = reasons.get(name.slice(0, end));
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function withParents(entries: readonly Pick<ArchiveEntry, "name">[]): Set<string> {
  const held = new Set<string>();
  for (const { name } of entries) {
    const path = withoutSlash(name);
    held.add(path);
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const parent = path.slice(0, slash);
      if (held.has(parent)) break;
      held.add(parent);
    }
  }
  return held;
}
