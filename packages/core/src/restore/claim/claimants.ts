import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Disk } from "../../disk/disk.ts";
import { isMissing, utf8ChildrenOf } from "../../disk/disk-steps.ts";
import { heldHere } from "../../lock/held-here.ts";
import { isAlive, type ProcessIdentity } from "../../lock/process-identity.ts";
import { claimantOf } from "../folder/claim-name.ts";

export interface Look {
  readonly isListed: boolean;
  readonly living: readonly string[];
  /** Those of the living whose process could be looked up: the others are believed until they fall silent. */
  readonly known: readonly string[];
  readonly dead: readonly string[];
}

/** Says which claims in a folder are still somebody's, as one claimant sees it over time. */
export class Claimants {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #self: ProcessIdentity;
  readonly #silenceMs: number;
  /** Of the claims whose process cannot be looked up: the last sign of life, and when it was first seen. */
  readonly #signs = new Map<string, { readonly sign: number; readonly seenAt: number }>();

  constructor(disk: Disk, folder: string, { self, silenceMs }: { self: ProcessIdentity; silenceMs: number }) {
    this.#disk = disk;
    this.#folder = folder;
    this.#self = self;
    this.#silenceMs = silenceMs;
  }

  /** The claims of others that lie there now, and whether one's own does. */
  async look(own: string): Promise<Look> {
    const living: string[] = [];
    const known: string[] = [];
    const dead: string[] = [];
    const names = await utf8ChildrenOf(this.#disk, this.#folder);
    for (const name of names) {
      const claimant = claimantOf(name);
      if (!claimant || name === own) continue;
      const isLiving = await this.#isLiving(name, claimant);
      (isLiving ? living : dead).push(name);
      if (isLiving && !this.#signs.has(name)) known.push(name);
    }
    return { isListed: names.includes(own), living, known, dead };
  }

  async #isLiving(name: string, claimant: ProcessIdentity): Promise<boolean> {
    const { host, pid, thread } = this.#self;
    const isOfThisProcess = claimant.host === host && claimant.pid === pid;
    if (isOfThisProcess && claimant.thread === thread) return heldHere().has(name);
    // Another container, host or boot: its pid says nothing here.
    if (claimant.host !== host) return this.#givesSigns(name);
    if (!(await isAlive(claimant))) return false;
    const isCertain = claimant.startedAt !== "0"; // else another process may have its pid by now
    return (isCertain && claimant.thread === 0) || this.#givesSigns(name); // a worker thread may be gone while its process lives
  }

  async #givesSigns(name: string): Promise<boolean> {
    const sign = await this.#signOf(name);
    if (sign === undefined) return false;
    const last = this.#signs.get(name);
    if (last?.sign === sign) return performance.now() - last.seenAt < this.#silenceMs;
    this.#signs.set(name, { sign, seenAt: performance.now() });
    return true;
  }

  async #signOf(name: string): Promise<number | undefined> {
    try {
      return (await this.#disk.lstat(join(this.#folder, name))).mtimeMs;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}
