import { join } from "node:path";
import type { Disk } from "../../disk/disk.ts";
import { existsOnDisk } from "../../disk/disk-steps.ts";
import { mountsBelow } from "../../disk/mounts-below.ts";
import { StowageError } from "../../errors.ts";
import type { Journal } from "../folder/journal.ts";
import { type JournalState, restoreLayout } from "../folder/layout.ts";
import { assertOwnFolder } from "../folder/own-folder.ts";
import { mountsOf } from "./swap-places.ts";

/**
 * Throws `RECOVERY_REQUIRED`, naming them, if mounts that a swap works on are not there. A restore leaves its places on each, so
 * that another volume is not taken for the one that is missing; once they are cleaned up, only the mount itself is asked for.
 */
export async function assertMountsThere(
  disk: Disk,
  dataDir: string,
  { state, journal }: { state: JournalState; journal: Journal },
): Promise<void> {
  const missing: string[] = [];
  for (const mount of mountsOf(journal.roots)) {
    await assertOwnFolder(disk, join(dataDir, mount));
    const { work } = restoreLayout(join(dataDir, mount), journal.id);
    const isThere = (await existsOnDisk(disk, work)) || (state === "done" && (await isMounted(disk, dataDir, mount)));
    if (!isThere) missing.push(JSON.stringify(mount));
  }
  if (missing.length === 0) return;
  const message = `a restore of ${dataDir} was interrupted, and what it left on ${missing.join(", ")} is not there; mount this first. Nothing was touched`;
  throw new StowageError("RECOVERY_REQUIRED", message, { operation: "recover" });
}

async function isMounted(disk: Disk, dataDir: string, mount: string): Promise<boolean> {
  return (await mountsBelow(disk, dataDir)).includes(mount);
}
