import type { Folding } from "../../disk/folding.ts";
import { StowageError } from "../../errors.ts";
import { CENTRAL_HEADER_SIZE } from "../format/central-header.ts";
import { EntryTree } from "../judge/entry-tree.ts";
import {
  type ArchiveLimits,
  assertRestorable,
  checkCount,
  checkDirectorySize,
  checkLinks,
  checkRequired,
  totalSize,
} from "../judge/restorable.ts";
import { isDirectory, type Walk, type WalkedEntry } from "./walk-directory.ts";
import type { WrittenArchive } from "./write-archive.ts";

/** What an archive must keep to, so that whoever created it can restore it. */
export interface CreationRules {
  readonly limits: ArchiveLimits;
  readonly requiredFiles: readonly string[];
  /** Which names are one in the data directory. */
  readonly folding?: Folding | undefined;
  /** Whether an archive without any file is wanted. */
  readonly allowEmpty: boolean;
}

/**
 * Asks before a byte is sent what a restore will ask of the archive (`INVALID_ARCHIVE`), and whether there is anything to back
 * up at all (`SOURCE_EMPTY`).
 */
export function checkWalk({ root, entries, links }: Walk, rules: CreationRules): void {
  const files = entries.filter((entry) => !isDirectory(entry));
  assertNotEmpty(files.length, root, rules);
  assertRestorable(() => {
    const all = links.length > 0 ? [...entries, ...links] : entries;
    checkCount(all.length, rules.limits);
    checkLinks(links);
    if (rules.folding) checkNames(all, rules);
    if (rules.requiredFiles.length > 0) checkRequired(new Set(files.map(({ name }) => name)), rules.requiredFiles);
    totalSize(files, rules.limits);
    checkDirectorySize(directorySizeMin(all));
  });
}

/** The same of what went in, before it is published: meanwhile files grow and vanish. */
export function checkWritten(
  { contents, directorySize }: Pick<WrittenArchive, "contents" | "directorySize">,
  root: string,
  rules: CreationRules,
): void {
  assertNotEmpty(contents.files, root, rules);
  for (const name of rules.requiredFiles) assertWentIn(name, contents.leftOut.get(name));
  assertRestorable(() => {
    totalSize([contents.largest], { ...rules.limits, maxTotalSize: Number.POSITIVE_INFINITY });
    totalSize([{ name: "", size: contents.size }], { ...rules.limits, maxFileSize: Number.POSITIVE_INFINITY });
    checkDirectorySize(directorySize);
  });
}

function assertNotEmpty(files: number, root: string, { allowEmpty }: CreationRules): void {
  if (files > 0 || allowEmpty) return;
  const where = JSON.stringify(root);
  const why = `there is no file to back up in ${where}: perhaps its volume is not mounted, or everything is excluded`;
  throw new StowageError("SOURCE_EMPTY", `${why}; set the option allowEmpty if it is meant to be empty`);
}

function assertWentIn(name: string, reason: string | undefined): void {
  if (reason === undefined) return;
  const code = reason === "unreadable" ? "SOURCE_UNREADABLE" : "SOURCE_CHANGED";
  throw new StowageError(code, `the required file ${JSON.stringify(name)} could not be backed up: ${reason}`);
}

function checkNames(entries: readonly WalkedEntry[], { limits, folding }: CreationRules): void {
  const tree = new EntryTree({ maxEntries: limits.maxEntries, folding });
  for (const entry of entries) tree.add({ name: entry.name, type: isDirectory(entry) ? "directory" : "file" });
}

/** Extra fields come on top. */
function directorySizeMin(entries: readonly WalkedEntry[]): number {
  return entries.reduce((size, { name }) => size + CENTRAL_HEADER_SIZE + Buffer.byteLength(name), 0);
}
