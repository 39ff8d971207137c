import { join } from "node:path";
import { isAlive } from "@stowage/core/driver";
import type { LocalDisk } from "../local-disk.ts";
import { ownerOf } from "./publish-reserved.ts";
import { isReservedName, type Writer, writerOf } from "./temporary-name.ts";

/** How long a file in progress of another host, whose processes cannot be asked for, lies untouched before it is swept. */
const FOREIGN_AGE_MS = 24 * 60 * 60 * 1_000;

/**
 * Removes what writers left in a directory when they were killed. A file of a live process of this host stays.
 * One that cannot be removed stays too: it is hidden, and no reason to refuse the directory.
 */
export async function sweepLeftovers(disk: LocalDisk, directory: string, self: Writer): Promise<void> {
  for (const name of await disk.readLatin1Names(directory)) {
    const path = join(directory, name);
    const writer = isReservedName(name) ? await ownerOf(disk, path) : writerOf(name);
    if (!writer) continue;
    const isAbandoned = writer.host === self.host ? !(await isAlive(writer)) : await isOld(disk, path);
    if (isAbandoned) await disk.removeFile(path).catch(() => {});
  }
}

async function isOld(disk: LocalDisk, path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await disk.lstatExactly(path);
    return Date.now() - Number(mtimeMs) > FOREIGN_AGE_MS;
  } catch {
    return false; // finished or swept by somebody else meanwhile
  }
}
