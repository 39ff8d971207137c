import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import type { Disk } from "../../disk/disk.ts";
import { ensureDirectory, existsOnDisk, isMissing, twice } from "../../disk/disk-steps.ts";
import { removeDirectoryIfPresent, removeIfEmpty } from "../../disk/remove-tree.ts";
import { StowageError } from "../../errors.ts";
import { noteClaim } from "../../lock/claims-begun.ts";
import { heldHere } from "../../lock/held-here.ts";
import { currentProcess, type ProcessIdentity } from "../../lock/process-identity.ts";
import { newClaimName } from "../folder/claim-name.ts";
import { RESTORE_FOLDER } from "../folder/layout.ts";
import { assertOwnFolder } from "../folder/own-folder.ts";
import { Claimants } from "./claimants.ts";

const LOOK_EACH_MS = 50;
const SIGN_EACH_MS = 2_000;

export interface ClaimOptions {
  readonly disk: Disk;
  readonly dataDir: string;
  /** How long a living process that has the data directory is waited for, in milliseconds. Default 30,000. */
  readonly patienceMs?: number | undefined;
  /** How long a process that cannot be looked up is believed without a sign of life, in milliseconds. Default 10,000. */
  readonly silenceMs?: number | undefined;
}

export interface Claim {
  /** Whether processes that died had claimed the data directory before. */
  readonly isTakenOver: boolean;
  /** Throws `LOCK_LOST` if another process took this one for dead, because it gave no sign of life. */
  assertHeld(): Promise<void>;
}

/**
 * Runs `action` while no other process restores or recovers the data directory. `BUSY` if one that lives does not end in time.
 *
 * Everybody puts a claim of its own into `.stowage`, an empty directory whose name tells the process, and has the data
 * directory once it then sees no other that is living: of two, the one that looks later sees the claim of the other. Where
 * several wait for each other, the smallest name stays and the others withdraw. No name is ever used twice, so that the
 * claim of a dead process can be removed by anybody at any time.
 */
export async function whileClaimed<T>(options: ClaimOptions, action: (claim: Claim) => Promise<T>): Promise<T> {
  const own = new OwnClaim(options, await currentProcess());
  try {
    const dead = await own.acquire();
    await noteClaim(options.dataDir);
    return await action({ isTakenOver: dead > 0, assertHeld: () => own.assertHeld() });
  } finally {
    await own.withdraw();
  }
}

class OwnClaim {
  readonly #disk: Disk;
  readonly #dataDir: string;
  readonly #folder: string;
  readonly #name: string;
  readonly #others: Claimants;
  readonly #patienceMs: number;
  #signs: NodeJS.Timeout | undefined;

  constructor({ disk, dataDir, patienceMs = 30_000, silenceMs = 10_000 }: ClaimOptions, self: ProcessIdentity) {
    this.#disk = disk;
    this.#dataDir = dataDir;
    this.#folder = join(dataDir, RESTORE_FOLDER);
    this.#name = newClaimName(self);
    this.#others = new Claimants(disk, this.#folder, { self, silenceMs });
    this.#patienceMs = patienceMs;
  }

  /** Resolves when nobody else has the data directory, to the number of dead claims that were removed. */
  async acquire(): Promise<number> {
    const deadline = performance.now() + this.#patienceMs;
    await assertOwnFolder(this.#disk, this.#dataDir);
    for (;;) {
      const { isListed, living, dead } = await this.#others.look(this.#name);
      if (this.#isPut && !isListed) await this.#remove(); // somebody took this process for dead
      if (living.length === 0 && this.#isPut) return this.#sweep(dead);
      if (living.length === 0) {
        await this.#put();
        continue;
      }
      if (performance.now() >= deadline) throw this.#busy();
      if (this.#isPut && living.some((name) => name < this.#name)) await this.#remove();
      await wait(LOOK_EACH_MS);
    }
  }

  async assertHeld(): Promise<void> {
    if (await existsOnDisk(this.#disk, this.#path)) return;
    const message = `another process took over ${this.#dataDir}, because this one gave no sign of life; nothing was replaced`;
    throw new StowageError("LOCK_LOST", message);
  }

  /** Gives the data directory free. What cannot be removed is a dead claim to this process at once, to others when it ends. */
  async withdraw(): Promise<void> {
    await this.#remove().catch(() => {}); // how the work ended matters more
    await twice(() => removeIfEmpty(this.#disk, this.#folder)).catch(() => {});
  }

  get #path(): string {
    return join(this.#folder, this.#name);
  }

  get #isPut(): boolean {
    return heldHere().has(this.#name);
  }

  /** Makes the claim in a folder that others remove when it is empty. */
  async #put(): Promise<void> {
    heldHere().add(this.#name);
    for (let isMade = false; !isMade; ) {
      await ensureDirectory(this.#disk, this.#folder);
      isMade = await this.#isMade();
    }
    const giveSign = () => this.#disk.setModifiedAt(this.#path, new Date()).catch(() => {});
    this.#signs = setInterval(giveSign, SIGN_EACH_MS).unref();
  }

  async #isMade(): Promise<boolean> {
    try {
      await this.#disk.makeDirectory(this.#path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  async #remove(): Promise<void> {
    if (!this.#isPut) return;
    clearInterval(this.#signs);
    try {
      await twice(() => removeDirectoryIfPresent(this.#disk, this.#path));
    } finally {
      heldHere().delete(this.#name);
    }
  }

  async #sweep(dead: readonly string[]): Promise<number> {
    for (const name of dead) await twice(() => removeDirectoryIfPresent(this.#disk, join(this.#folder, name)));
    return dead.length;
  }

  #busy(): StowageError {
    return new StowageError(
      "BUSY",
      `another process restores or recovers ${this.#dataDir}; try again when it has ended`,
    );
  }
}
