import { randomUUID } from "node:crypto";
import { join, relative } from "node:path";
import type { ArchiveReader } from "../archive/archive-reader.ts";
import { extractEntries } from "../archive/extract/extract-entries.ts";
import type { NewLink } from "../archive/extract/place-links.ts";
import { Refusals } from "../archive/extract/refusals.ts";
import type { JudgedArchive } from "../archive/judge/judge-archive.ts";
import type { SkippedEntry } from "../archive/skipped-entry.ts";
import type { JobPool } from "../concurrency/worker-pool.ts";
import { ensureDirectory, realOrSame } from "../disk/disk-steps.ts";
import { type ReportProgress, summing } from "../progress.ts";
import { chooseOwners, type OwnerPolicy } from "./choose-owners.ts";
import { entriesByMount } from "./entries-by-mount.ts";
import { restoreLayout } from "./folder/layout.ts";
import { assertMovable } from "./swap/assert-movable.ts";
import { removeLeftovers } from "./swap/clean-up.ts";
import type { LostEntry } from "./swap/lost-entries.ts";
import { performSwap, tidy } from "./swap/perform-swap.ts";
import type { PlanOptions } from "./swap/plan-options.ts";
import { planSwap, type SwapPlan } from "./swap/plan-swap.ts";
import { layoutsOf } from "./swap/swap-places.ts";

export interface RestoreOutcome extends Pick<SwapPlan, "roots" | "foreign"> {
  /** What was moved to `lost`. */
  readonly lost: readonly LostEntry[];
  /** What the file system did not keep. */
  readonly warnings: readonly SkippedEntry[];
}

export interface RestoreOptions extends Pick<PlanOptions, "disk" | "dataDir" | "isKept" | "sentinel" | "mounts"> {
  readonly key: string;
  /** Symbolic links that are made too. */
  readonly links: readonly NewLink[];
  readonly owners: OwnerPolicy;
  /** Whether the archive is ours, and tells owners. */
  readonly isOurs: boolean;
  readonly signal: AbortSignal;
  /** That inflate and write. Node's pool takes their place where there are none. */
  readonly threads?: JobPool | undefined;
  readonly onProgress: ReportProgress;
  /** Looks at entries that were written into a place of staging, and throws if they must not be restored. */
  checkStaged(directory: string, entries: JudgedArchive["entries"]): Promise<void>;
  /** Whether what is replaced is kept until `confirmRestore` or `rollBack`. */
  readonly keepPrevious: boolean;
  /** Called when everything is staged and checked. Closes the application's files, runs `swap`, opens them again. */
  aroundSwap(swap: () => Promise<void>): Promise<void>;
}

/**
 * Replaces the content of the data directory by the judged entries of an archive.
 *
 * 1. Stage: the entries are written into `.stowage/<id>/new`, each checked by its CRC, and made durable. Those of a mount
 *    that is restored too are staged on that mount.
 * 2. Plan: what moves out, what moves in; from here to 5 inside `aroundSwap`, so that the application is quiet.
 * 3. Commit: the journal is written and renamed to `swap.json`. Up to here a crash gives the old data, from here the new.
 * 4. Swap: out and intruders aside, then in; made durable after each.
 * 5. Done: the journal is renamed to `done.json`, or to `kept.json`, durably, before anybody is told.
 * 6. Clean up.
 *
 * A failure in 1–3 leaves the old data; one in 4 or 5 is undone (`SWAP_FAILED`). If that fails too, the journal stays for
 * `recover` (`RECOVERY_REQUIRED`). The signal counts up to the commit.
 */
export async function restoreArchive(
  reader: ArchiveReader,
  entries: JudgedArchive["entries"],
  options: RestoreOptions,
): Promise<RestoreOutcome> {
  const { disk, dataDir, signal, key, keepPrevious, mounts } = options;
  const id = randomUUID();
  let plan: SwapPlan | undefined;
  let warnings: readonly SkippedEntry[] = [];
  let lost: readonly LostEntry[] = [];
  try {
    warnings = await stage(reader, entries, id, options);
    await options.threads?.close(); // the application's hooks may take their time
    await options.aroundSwap(async () => {
      signal.throwIfAborted();
      plan = await planSwap({ ...options, id });
      const { roots } = plan;
      const createdAt = new Date().toISOString();
      await performSwap(disk, dataDir, { version: 1, id, createdAt, key, roots, keepPrevious });
    });
  } finally {
    lost = await tidy(disk, dataDir, id, mounts);
  }
  return { roots: plan?.roots ?? [], foreign: plan?.foreign ?? [], lost, warnings };
}

async function stage(
  reader: ArchiveReader,
  entries: JudgedArchive["entries"],
  id: string,
  options: RestoreOptions,
): Promise<readonly SkippedEntry[]> {
  const { disk, dataDir, mounts, signal, threads } = options;
  const parts = entriesByMount(entries, mounts);
  const links = entriesByMount(
    options.links.map((link) => ({ ...link, type: "symlink" as const })),
    mounts,
  );
  await makePlaces(id, options);
  await assertMovable({ ...options, id });
  const onProgress = summing(options.onProgress);
  const refusals = new Refusals();
  for (const [mount, some] of parts) {
    const { volume, staged } = restoreLayout(join(dataDir, mount), id);
    const settings = { disk, signal, threads, onProgress: onProgress(), durable: true, links: links.get(mount) ?? [] };
    const real = await realOrSame(volume); // a modelled disk knows no such place
    const making = { directory: dataDir, disk, staged, policy: options.owners, isOurs: options.isOurs };
    const owners = await chooseOwners([...some, ...settings.links], making);
    await extractEntries(reader, some, {
      ...settings,
      owners,
      refusals,
      directory: join(real, relative(volume, staged)),
    });
    await options.checkStaged(staged, some);
    await disk.syncDirectory(volume);
  }
  return refusals.warnings;
}

/** Makes the places of a restore, on each mount after those in the data directory, which tell `recover` of them. */
async function makePlaces(id: string, { disk, dataDir, mounts }: RestoreOptions): Promise<void> {
  for (const mount of mounts) await removeLeftovers(disk, join(dataDir, mount)); // of when it was not mounted
  for (const { volume, folder, work, staged } of layoutsOf(dataDir, id, mounts)) {
    await ensureDirectory(disk, folder);
    await disk.makeDirectory(work);
    await disk.makeDirectory(staged);
    if (mounts.length > 0 && volume === dataDir) for (const place of [folder, volume]) await disk.syncDirectory(place);
  }
}
