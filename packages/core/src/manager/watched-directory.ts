import type { Stats } from "node:fs";
import { isSameFile } from "../archive/create/open-file-to-back-up.ts";
import { isDirectory, pathOf, type Walk } from "../archive/create/walk-directory.ts";
import { withoutSlash } from "../archive/format/entry-name.ts";
import { isMissing } from "../disk/disk-steps.ts";
import { StowageError } from "../errors.ts";
import { assertStillQuiet, lookQuiet, type QuietOptions } from "../restore/quiet-directory.ts";

const LSTATS_AT_ONCE = 1_000;

/** A data directory that is read for a backup, from the look before the walk to the look before the commit. */
export interface WatchedDirectory {
  /**
   * Throws unless the data directory is still the one that was walked: `SOURCE_CHANGED` if it was removed, unmounted or replaced,
   * if something was mounted or unmounted below it, or if all in it was exchanged; `BUSY` if somebody restores it or has done so meanwhile.
   */
  assertSame(walk: Walk): Promise<void>;
}

/** Begins to watch. `BUSY` while somebody restores or recovers it, `RECOVERY_REQUIRED` if somebody died doing so. */
export async function watchDirectory(options: QuietOptions): Promise<WatchedDirectory> {
  const before = await lookQuiet(options);
  const startedAtMs = Date.now();
  return {
    assertSame: async (walk) => {
      await assertSameRoot(walk, options);
      await assertSameDevices(walk, options);
      await assertStillQuiet(before, options);
      if (await wasExchanged(walk, startedAtMs, options)) throw changed(walk.root, "all files in it were exchanged");
    },
  };
}

async function assertSameRoot({ root, rootIdentity }: Walk, { disk }: QuietOptions): Promise<void> {
  const stats = await disk.lstat(`${root}/`).catch((error: unknown) => {
    throw isMissing(error) ? changed(root, "it is gone", error) : error;
  });
  if (stats.dev === rootIdentity.dev && stats.ino === rootIdentity.ino) return;
  throw changed(root, "another directory lies there");
}

/**
 * A volume that was mounted or unmounted below the data directory meanwhile puts other directories in the place of those that were
 * walked. One that is gone, or was made again, is the application's.
 */
async function assertSameDevices({ root, entries }: Walk, { disk, signal }: QuietOptions): Promise<void> {
  const open = await disk.openDirectory(root, { followsLink: true });
  try {
    const directories = entries.filter(isDirectory);
    for (let start = 0; start < directories.length; start += LSTATS_AT_ONCE) {
      signal.throwIfAborted();
      const some = directories.slice(start, start + LSTATS_AT_ONCE);
      const settled = await open.lstatChildren(some.map(({ name }) => withoutSlash(name)));
      const other = some.find(({ dev }, index) => deviceOf(settled[index], dev) !== dev);
      if (other) throw changed(root, `${JSON.stringify(other.name)} lies on another device: a volume came or went`);
    }
  } finally {
    await open.close().catch(() => {}); // it was only read
  }
}

/** The device, or the one that was expected if nothing is there. */
function deviceOf(settled: PromiseSettledResult<Stats> | undefined, expected: number): number {
  if (settled?.status === "fulfilled") return settled.value.dev;
  ignoreMissing(settled?.reason);
  return expected;
}

/**
 * Says whether no file that was walked is in place any more. A restore of another process that began and ended between two looks
 * leaves no other trace: it moves every file of the backup out, and what it moves in are new files. One file that is still
 * the same is proof that there was none. An application that saves all of its few files by renaming does the same, but those
 * are younger than the walk, where those of an archive are older.
 */
async function wasExchanged({ root, entries }: Walk, startedAtMs: number, { disk }: QuietOptions): Promise<boolean> {
  let isOlder = false;
  let files = 0;
  for (const entry of entries) {
    if (isDirectory(entry)) continue;
    files += 1;
    const stats = await disk.lstat(pathOf(root, entry.name)).catch(ignoreMissing);
    if (stats && isSameFile(stats, entry)) return false;
    if (!stats || stats.mtimeMs < startedAtMs) isOlder = true;
  }
  return files > 0 && isOlder;
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}

function changed(root: string, why: string, cause?: unknown): StowageError {
  const message = `the data directory ${root} is not what was walked: ${why}; nothing was published`;
  return new StowageError("SOURCE_CHANGED", message, { cause });
}
