import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import type { Disk } from "../disk/disk.ts";
import { utf8ChildrenOf } from "../disk/disk-steps.ts";
import { StowageError } from "../errors.ts";
import { claimsBegun } from "../lock/claims-begun.ts";
import { currentProcess } from "../lock/process-identity.ts";
import { isSnapshot } from "../snapshot/snapshot-name.ts";
import { Claimants } from "./claim/claimants.ts";
import { isClaim } from "./folder/claim-name.ts";
import { RESTORE_FOLDER } from "./folder/layout.ts";
import { assertSettled } from "./recover.ts";

const LOOK_EACH_MS = 50;
const SILENCE_MS = 10_000;
/** Where an upload waits until it is judged, which does not concern the data. */
const UPLOAD = /^upload-/;

/** Neither an upload nor the copies of a create, perhaps of the one that looks. */
function concernsRestores(name: string): boolean {
  return !isClaim(name) && !UPLOAD.test(name) && !isSnapshot(name);
}

export interface QuietOptions {
  readonly disk: Disk;
  readonly dataDir: string;
  readonly signal: AbortSignal;
  /** How long a process that cannot be looked up is believed without a sign of life, in milliseconds. Default 10,000. */
  readonly silenceMs?: number;
}

/** What a look at a data directory saw of restores: the same again means that none has begun or ended, as far as it can be seen. */
export type QuietLook = string;

/**
 * Looks whether nobody restores or recovers a data directory: `BUSY` for a living claim, `RECOVERY_REQUIRED` for a swap that a
 * dead process left in the middle. Changes nothing, so that it works where the directory cannot be written.
 */
export async function lookQuiet(options: QuietOptions): Promise<QuietLook> {
  const { disk, dataDir } = options;
  const begun = await claimsBegun(dataDir); // before the claims: one that is made meanwhile is seen there
  if (await isClaimed(options)) throw busy(dataDir);
  await assertSettled(disk, dataDir);
  const names = await utf8ChildrenOf(disk, join(dataDir, RESTORE_FOLDER));
  return JSON.stringify([begun, names.filter(concernsRestores)]);
}

/** Looks again, and throws `BUSY` too if somebody restored or recovered the data directory since, in whole or in part. */
export async function assertStillQuiet(before: QuietLook, options: QuietOptions): Promise<void> {
  if ((await lookQuiet(options)) !== before) throw busy(options.dataDir);
}

/** One that cannot be looked up, such as that of another container, counts until it was silent for some time. */
async function isClaimed({ disk, dataDir, signal, silenceMs = SILENCE_MS }: QuietOptions): Promise<boolean> {
  const claimants = new Claimants(disk, join(dataDir, RESTORE_FOLDER), { self: await currentProcess(), silenceMs });
  const deadline = performance.now() + silenceMs + LOOK_EACH_MS;
  for (;;) {
    const { living, known } = await claimants.look("");
    if (living.length === 0) return false;
    if (known.length > 0 || performance.now() >= deadline) return true;
    await wait(LOOK_EACH_MS, undefined, { signal });
  }
}

function busy(dataDir: string): StowageError {
  return new StowageError(
    "BUSY",
    `another operation restores or recovers ${dataDir}, or has done so meanwhile; try again when it has ended`,
  );
}
