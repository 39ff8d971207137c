import type { Disk } from "../disk/disk.ts";
import { utf8ChildrenOf } from "../disk/disk-steps.ts";
import { errnoOf } from "../disk/errno-of.ts";
import { type Folding, foldingSeen, NO_FOLDING } from "../disk/folding.ts";

/** Which names are one in the data directory, by what lies there, as far as it can be seen: nothing is changed there. */
export async function foldingThere({
  disk,
  dataDir,
}: {
  readonly disk: Disk;
  readonly dataDir: string;
}): Promise<Folding> {
  try {
    return await foldingSeen(disk, dataDir, await utf8ChildrenOf(disk, dataDir));
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return NO_FOLDING;
  }
}
