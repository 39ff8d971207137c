import { setTimeout as delay } from "node:timers/promises";
import { Filesystem, type FilesystemDriver, prefixed } from "@stowage/core";
import { CallTrace } from "./call-trace.ts";
import { SMALL_PART_SIZE } from "./content.ts";
import { keysUnder } from "./keys-under.ts";
import type { Namespace } from "./namespace.ts";
import { Random } from "./random.ts";

/** Where a case runs: on the filesystem as it is, or on a view of it behind a prefix. */
export type Variant = "plain" | "prefixed";

export interface CaseContextOptions {
  readonly namespace: Namespace;
  readonly createNamespace: () => Promise<Namespace>;
  readonly variant: Variant;
  readonly seed: number;
  readonly settleMs: number;
}

/** The longest prefix that a view may have: 40 bytes. With it a key of 200 bytes reaches the driver as one of 240. */
const VIEW = "the-view-behind-which-this-case-runs-on.";
/** For a place that is itself behind a prefix. */
const SHORT_VIEW = "view.";

/** What a case works with. Everything it opens is closed, and everything it writes is deleted, when it is over. */
export class CaseContext {
  readonly namespace: Namespace;
  readonly random: Random;
  /** Set by a case that locks the storage: the lock is removed in the end. */
  usesLock = false;
  /** What the driver was asked so far, by any handle. */
  readonly trace = new CallTrace();
  /** Starts every key of this case, and no key of another one. */
  readonly prefix: string;
  readonly #options: CaseContextOptions;
  readonly #handles: Filesystem[] = [];
  readonly #prefixes: Set<string>;
  readonly #namespaces: Namespace[] = [];
  #filesystem: Filesystem | undefined;

  constructor(options: CaseContextOptions) {
    this.namespace = options.namespace;
    this.random = new Random(options.seed);
    this.prefix = `7${crypto.randomUUID().slice(0, 7)}-`;
    this.#options = options;
    this.#prefixes = new Set([this.prefix]);
  }

  /** The first handle. */
  get filesystem(): Filesystem {
    this.#filesystem ??= this.open();
    return this.#filesystem;
  }

  /** Bytes around which sizes are interesting. */
  get partSize(): number {
    return this.filesystem.capabilities.limits.partSize ?? 64 * 1024;
  }

  /** Whether a dozen parts are few enough bytes to be sent often. */
  get hasSmallParts(): boolean {
    return this.partSize <= SMALL_PART_SIZE;
  }

  /** How long what a failed call does behind the caller's back may take, in milliseconds. Waited for once for many failures. */
  get lateMs(): number {
    return Math.max(10 * this.#options.settleMs, this.filesystem.capabilities.shared ? 1_500 : 500);
  }

  /** How long what a call held may stay with the driver when it is over, in milliseconds. */
  get patienceMs(): number {
    return 40 * this.#options.settleMs;
  }

  /** Makes another handle on the same objects, or on those of another place. */
  open(namespace = this.namespace): Filesystem {
    return this.track(this.#view(this.track(this.#watched(namespace.open()))));
  }

  /** Makes a handle whose driver is wrapped, to watch its calls or to let them fail. */
  openThrough(wrap: (driver: FilesystemDriver) => FilesystemDriver): Filesystem {
    const base = this.#watched(this.namespace.open());
    const through = this.namespace.through ?? ((driver: FilesystemDriver) => new Filesystem(driver));
    if (this.#options.variant === "plain") return this.track(through(wrap(base.driver)));
    return this.track(through(wrap(this.#view(this.track(base)).driver)));
  }

  /** Makes a handle on the keys of the place that start with `start`, which no key of a user need do. The same in both variants. */
  openUnder(start: string): Filesystem {
    const through = this.namespace.through ?? ((driver: FilesystemDriver) => new Filesystem(driver));
    return this.track(through(keysUnder(this.#watched(this.namespace.open()).driver, start)));
  }

  /** Makes a second, unrelated place. */
  async createNamespace(): Promise<Namespace> {
    const namespace = await this.#options.createNamespace();
    this.#namespaces.push(namespace);
    return namespace;
  }

  /** Closes the handle when the case is over. */
  track(handle: Filesystem): Filesystem {
    this.#handles.push(handle);
    return handle;
  }

  key(name: string): string {
    return this.prefix + name;
  }

  /** A key of this case that starts with other characters. */
  keyStartingWith(start: string): string {
    this.#prefixes.add(start + this.prefix);
    return start + this.prefix;
  }

  bytes(size: number): Buffer {
    return this.random.bytes(size);
  }

  /** Waits for what a failed call may still do behind the caller's back. */
  async settle(): Promise<void> {
    await delay(this.#options.settleMs);
  }

  /** What failed writes have left behind for good: a rejection does not wait for the clean-up, which is given 100 settle times. */
  async lastingResidue(look: () => Promise<readonly string[]>): Promise<readonly string[]> {
    let residue: readonly string[] = [];
    for (let round = 0; round < 100; round++) {
      await this.settle();
      residue = await look();
      if (residue.length === 0) break;
    }
    return residue;
  }

  /** Deletes what the case wrote where others write too, closes what it opened and releases its places, as far as that works. */
  async cleanUp(): Promise<void> {
    if (!this.namespace.isThrownAway) await this.#deleteObjects().catch(() => {});
    await Promise.allSettled(this.#handles.map(async (handle) => handle.close()));
    for (const namespace of [...this.#namespaces, this.namespace]) await namespace.dispose?.();
  }

  /** The same handle, but for its trace. One of a class that extends `Filesystem` is left as it is. */
  #watched(base: Filesystem): Filesystem {
    const { through } = this.namespace;
    if (through) return through(this.trace.watch(base.driver));
    return base.constructor === Filesystem ? new Filesystem(this.trace.watch(base.driver)) : base;
  }

  #view(base: Filesystem): Filesystem {
    if (this.#options.variant === "plain") return base;
    try {
      return prefixed(base, VIEW);
    } catch {
      return prefixed(base, SHORT_VIEW);
    }
  }

  async #deleteObjects(): Promise<void> {
    const filesystem = this.open();
    for (const prefix of this.#prefixes) {
      const keys: string[] = [];
      for await (const { key } of filesystem.list({ prefix })) keys.push(key);
      while (keys.length > 0) await Promise.all(keys.splice(0, 32).map((key) => filesystem.delete(key)));
    }
    if (this.usesLock) await this.#deleteLock(filesystem.driver);
  }

  /** What a lock leaves: no list of a `Filesystem` shows it. */
  async #deleteLock(driver: FilesystemDriver): Promise<void> {
    const { signal } = new AbortController();
    const { files } = await driver.list({ prefix: ".stowage-lock.", limit: 100, signal });
    for (const { key } of files) await driver.delete(key, { signal });
  }
}
