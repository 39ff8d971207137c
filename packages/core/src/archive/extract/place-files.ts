import { closeQuietly, type DiskFile, type ThreadPlace } from "../../disk/disk.ts";
import { pathBelow } from "../../disk/path-below.ts";
import type { Inflate } from "../inflate/inflate.ts";
import { checkedContent } from "../judge/checked-content.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";
import type { Refusals } from "./refusals.ts";
import { writeSparse } from "./write-sparse.ts";

/** Entries that lie in one piece of an archive, each whole. */
export interface FilesJob {
  readonly bytes: Buffer;
  /** Of the first byte in the archive. */
  readonly offset: number;
  readonly entries: readonly PlacedEntry[];
}

/** Where files go. */
export interface Target {
  /** Holds the directories that the entries need. There is no link on the way to it. */
  readonly directory: string;
  readonly disk: {
    createFile(path: string, options: { readonly isReal: true }): ReturnType<ThreadPlace["createFile"]>;
  };
  /** Whether each file is made durable. */
  readonly syncsFiles: boolean;
  /** Is told what the file system refused. */
  readonly refusals: Refusals;
}

export interface Reading {
  readonly inflate: Inflate;
  /** Nothing is written if it is left out. */
  readonly target?: Target | undefined;
}

/** Checks entries, byte by byte, and writes those that are files. Throws `INVALID_ARCHIVE` at the first that is damaged. */
export async function placeFiles({ bytes, offset, entries }: FilesJob, { inflate, target }: Reading): Promise<void> {
  for (const entry of entries) {
    const own = bytes.subarray(entry.headerOffset - offset);
    const content = await checkedContent(own, entry, inflate);
    if (target && entry.type === "file") await writeFile(entry, content, target);
  }
}

async function writeFile(entry: PlacedEntry, content: readonly Uint8Array[], target: Target): Promise<void> {
  const file = await target.disk.createFile(pathBelow(target.directory, entry.name), { isReal: true });
  try {
    if (entry.size > 0) await writeSparse(file, content, { position: 0, size: entry.size });
    await finishFile(file, entry, target);
  } catch (error) {
    await closeQuietly(file);
    throw error;
  }
  await file.close();
}

/** Sets what is to be set of a file, as far as the file system keeps it. The owner comes first, since a change of it takes bits of the mode. */
export async function finishFile(
  file: DiskFile,
  { name, mode, modifiedAt, owner }: PlacedEntry,
  { syncsFiles, refusals }: Pick<Target, "syncsFiles" | "refusals">,
): Promise<void> {
  if (owner) await refusals.attempt("owner", name, () => file.setOwner(owner));
  await refusals.attempt("mode", name, () => file.setMode(mode & 0o777));
  await refusals.attempt("time", name, () => file.setModifiedAt(modifiedAt));
  if (syncsFiles) await file.sync();
}
