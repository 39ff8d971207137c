import { realpath } from "node:fs/promises";
import { type Disk, platformOf } from "../disk/disk.ts";
import { realOrSame } from "../disk/disk-steps.ts";
import { nameWithin } from "../disk/path-below.ts";
import { StowageError } from "../errors.ts";

/**
 * Throws `SWAP_FAILED` if this process works in a directory that would be replaced, where the system moves none that is in use: the
 * swap would come so far, and be undone. Of other processes nobody knows.
 */
export async function assertNotWorkedIn(
  { disk, dataDir }: { readonly disk: Disk; readonly dataDir: string },
  isKept: (name: string) => boolean,
): Promise<void> {
  if (platformOf(disk).movesDirectoriesInUse) return;
  const place = await realpath(process.cwd()).catch(() => process.cwd());
  const name = nameWithin(await realOrSame(dataDir), place);
  if (!name || isKept(name)) return;
  const message = `this process works in ${place}, and the system moves no directory in use; nothing was touched. Change the working directory, and restore again`;
  throw new StowageError("SWAP_FAILED", message);
}
