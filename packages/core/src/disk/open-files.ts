import { fstatSync, readdirSync, type Stats, statSync } from "node:fs";
import { isOwnDescriptor } from "./own-descriptors.ts";
import { PLATFORM } from "./platform.ts";

/** What a file is, whatever its name: the device and the number of its inode. */
export interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

/** The files that a process has open. */
export interface OpenFiles {
  has(file: FileIdentity): boolean;
  /** Its descriptors, which are not to be closed. */
  descriptorsOf(file: FileIdentity): readonly number[];
}

/**
 * Lists the files that this process has open, in any of its threads and not for a backup, from `/proc/self/fd`. Nothing where the system does not
 * tell. Takes some two microseconds for each descriptor. Opens none of the files.
 */
export function filesOpenHere(): OpenFiles | undefined {
  const list = PLATFORM.descriptors;
  if (list === undefined) return undefined;
  try {
    const open = new Map<string, number[]>();
    for (const [key, descriptor] of readdirSync(list).flatMap((name) => described(Number(name), list))) {
      open.set(key, [...(open.get(key) ?? []), descriptor]);
    }
    return { has: (file) => open.has(keyOf(file)), descriptorsOf: (file) => open.get(keyOf(file)) ?? [] };
  } catch {
    return undefined;
  }
}

/** How many times longer a look is believed than it took: so much of the time, at most, goes into looking. */
const BELIEVED = 20;

/** Knows which files this process has open by looking again and again, just before files are opened. */
export class OpenFilesWatch {
  #open: OpenFiles | undefined;
  #believedUntil = 0;

  has(file: FileIdentity): boolean {
    if (performance.now() >= this.#believedUntil) this.#look();
    return this.#open?.has(file) ?? false;
  }

  #look(): void {
    const start = performance.now();
    this.#open = filesOpenHere();
    const end = performance.now();
    this.#believedUntil = end + BELIEVED * (end - start);
  }
}

/** Nothing for what another backup reads, for what is closed by now, as the list itself, and for what is no file. */
function described(descriptor: number, list: string): [string, number][] {
  if (isOwnDescriptor(descriptor)) return [];
  try {
    const stats = statsOf(descriptor, list);
    return stats.isFile() ? [[keyOf(stats), descriptor]] : [];
  } catch {
    return [];
  }
}

/** Deno describes by its number only what it has opened itself in this thread, and not what its SQLite has open. */
function statsOf(descriptor: number, list: string): Stats {
  try {
    return fstatSync(descriptor);
  } catch {
    return statSync(`${list}/${descriptor}`);
  }
}

/** Numbers beyond 2^53 are rounded the same way on both sides, so that two files may count as one, and never one as two. */
function keyOf({ dev, ino }: FileIdentity): string {
  return `${dev}:${ino}`;
}
