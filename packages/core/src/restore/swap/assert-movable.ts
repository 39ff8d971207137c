import { join } from "node:path";
import { utf8ChildrenOf } from "../../disk/disk-steps.ts";
import { errnoOf } from "../../disk/errno-of.ts";
import { StowageError } from "../../errors.ts";
import { RESTORE_FOLDER, restoreLayout } from "../folder/layout.ts";
import type { PlanOptions } from "./plan-options.ts";
import { surveyRoots } from "./survey.ts";

/** What to do where a move is refused, by the name of the error. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  EXDEV:
    "it lies in a lower layer of an overlay file system, such as a container's image: put the data on a volume, or",
  EACCES: "it belongs to another user: run the restore as its owner or as root, or",
  EPERM: "it belongs to another user, or is immutable: run the restore as its owner or as root, or",
  EBUSY: "it is a mount or in use: name it in `mounts`, or",
};

/**
 * Throws `SWAP_FAILED` if something that would move out cannot be, as far as that can be told before anything is fetched. The places
 * of the restore are there. What stays in place with something kept below it is looked at only if it could not move as a whole.
 */
export async function assertMovable(options: PlanOptions): Promise<void> {
  if (await canMove(await topNames(options), options, () => {})) return;
  const { roots } = await surveyRoots(options);
  for (const { dir, mount, present, kept, innerRoots } of roots) {
    const inner = new Set(innerRoots);
    const out = present.filter((child) => !inner.has(child) && !kept.has(child));
    const names = out.map((child) => ({ name: dir === "" ? child : `${dir}/${child}`, mount }));
    await canMove(names, options, (path, cause) => {
      const wayOut = WAYS_OUT[errnoOf(cause) ?? ""] ?? "";
      const message = `${path} cannot be moved, so it cannot be replaced: ${wayOut} move it away by hand, or leave it out with \`exclude\`; nothing was fetched or touched`;
      throw new StowageError("SWAP_FAILED", message, { cause });
    });
  }
}

interface Moving {
  /** Relative to the data directory. */
  readonly name: string;
  readonly mount?: string | undefined;
}

/** What lies at the top of the data directory and of its mounts, and would move. */
async function topNames({ disk, dataDir, mounts, isKept }: PlanOptions): Promise<Moving[]> {
  const found: Moving[] = [];
  for (const mount of ["", ...mounts]) {
    for (const child of await utf8ChildrenOf(disk, join(dataDir, mount))) {
      const name = mount === "" ? child : `${mount}/${child}`;
      const stays = child === RESTORE_FOLDER || mounts.includes(name) || isKept(name);
      if (!stays) found.push({ name, mount: mount === "" ? undefined : mount });
    }
  }
  return found;
}

/** Whether each can be renamed into the places of the restore on its volume. Calls `onRefused` with the path of the first that cannot. */
async function canMove(
  moving: readonly Moving[],
  { disk, dataDir, id }: PlanOptions,
  onRefused: (path: string, cause: Error) => void,
): Promise<boolean> {
  for (const { name, mount = "" } of moving) {
    const { work } = restoreLayout(join(dataDir, mount), id); // it holds what will be staged, so it is not empty
    const path = join(dataDir, name);
    const refusal = await disk.whyNotMovable(path, work);
    if (!refusal) continue;
    onRefused(path, refusal);
    return false;
  }
  return true;
}
