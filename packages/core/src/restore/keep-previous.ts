import type { Disk } from "../disk/disk.ts";
import { holdsFiles } from "../disk/disk-steps.ts";
import { removeTree } from "../disk/remove-tree.ts";
import { StowageError } from "../errors.ts";
import { whileClaimed } from "./claim/claim.ts";
import { type Journal, readJournal } from "./folder/journal.ts";
import { settle } from "./swap/clean-up.ts";
import { changeState } from "./swap/complete-swap.ts";
import { assertMountsThere } from "./swap/missing-mounts.ts";
import { performSwap, tidy } from "./swap/perform-swap.ts";
import type { PlanOptions } from "./swap/plan-options.ts";
import { planSwap } from "./swap/plan-swap.ts";
import { layoutsOf, mountsOf } from "./swap/swap-places.ts";

/** Content that a restore replaced and kept. */
export interface KeptPrevious {
  /** The archive that replaced it. */
  readonly key: string;
  /** When it was replaced, by the clock of this host. */
  readonly replacedAt: Date;
}

export interface RollbackOptions extends Pick<PlanOptions, "disk" | "dataDir" | "isKept" | "sentinel" | "mounts"> {
  /** Closes the application's files, runs `swap`, opens them again. */
  aroundSwap(swap: () => Promise<void>): Promise<void>;
}

/** Says what the last restore kept; undefined if nothing is kept. */
export async function keptPrevious(disk: Disk, dataDir: string): Promise<KeptPrevious | undefined> {
  const found = await readJournal(disk, dataDir);
  if (found?.state !== "kept") return undefined;
  return { key: found.journal.key, replacedAt: new Date(found.journal.createdAt) };
}

/** The archive that replaced what is kept. `NOT_FOUND` if nothing is. */
export function keptKey(kept: KeptPrevious | undefined, operation: string): string {
  if (kept) return kept.key;
  throw new StowageError("NOT_FOUND", "no previous data is kept", { operation });
}

/** Removes what the last restore kept. `NOT_FOUND` if nothing is kept. A crash leaves the rest of the removal to `recover`. */
export async function confirmRestore(disk: Disk, dataDir: string): Promise<void> {
  await whileClaimed({ disk, dataDir }, async () => {
    const journal = await keptJournal(disk, dataDir);
    await changeState(disk, dataDir, "done");
    await settle(disk, dataDir, journal);
  });
}

/**
 * Brings the content back that the last restore kept, by the same journaled swap: what is in place now goes, also what came
 * since, and excluded entries stay. `NOT_FOUND` if nothing is kept. A failure leaves everything as it is (`SWAP_FAILED`).
 */
export async function rollBack(options: RollbackOptions): Promise<void> {
  const { disk, dataDir, mounts } = options;
  const kept = await keptJournal(disk, dataDir);
  assertSameMounts(mountsOf(kept.roots), mounts);
  try {
    await options.aroundSwap(async () => {
      for (const { staged } of layoutsOf(dataDir, kept.id, mounts)) await removeEmptied(disk, staged);
      const { id } = kept;
      const { roots } = await planSwap({ ...options, ...whatStays(kept, options), id, isRollback: true });
      await performSwap(disk, dataDir, { ...kept, roots, isRollback: true });
    });
  } finally {
    await tidy(disk, dataDir, kept.id, mounts);
  }
}

/** What the restore left in place has never moved, so it stays. */
function whatStays({ roots }: Journal, { isKept }: RollbackOptions): Pick<PlanOptions, "isKept" | "roots"> {
  const dirs = roots.map(({ dir }) => dir);
  const names = roots.flatMap(({ dir, keep }) => keep.map((child) => (dir === "" ? child : `${dir}/${child}`)));
  const left = new Set(names.filter((name) => !dirs.includes(name)));
  return { isKept: (name) => left.has(name) || isKept(name), roots: dirs };
}

/** What was kept lies on the volumes that were there, and goes back to no others. */
function assertSameMounts(then: readonly string[], since: readonly string[]): void {
  const [before, present] = [then, since].map((mounts) => JSON.stringify(mounts.toSorted()));
  if (before === present) return;
  const message = `the previous data lies on the mounts ${before}, and mounted to be restored are ${present}; mount the same ones first, nothing was touched`;
  throw new StowageError("MOUNT_IN_DATA_DIR", message);
}

/** The place from which everything moved in, and which takes what is in place now. */
async function removeEmptied(disk: Disk, directory: string): Promise<void> {
  if (await holdsFiles(disk, directory)) {
    throw new StowageError(
      "RECOVERY_REQUIRED",
      `${directory} holds files that nothing explains; move them away by hand`,
    );
  }
  await removeTree(disk, directory);
}

async function keptJournal(disk: Disk, dataDir: string): Promise<Journal> {
  const found = await readJournal(disk, dataDir);
  if (found?.state === "kept") {
    await assertMountsThere(disk, dataDir, found);
    return found.journal;
  }
  throw new StowageError("NOT_FOUND", "no previous content is kept");
}
