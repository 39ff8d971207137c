import { isUtf8 } from "node:buffer";
import type { LocalDisk } from "../local-disk.ts";
import { isTemporaryName } from "../write/temporary-name.ts";

/**
 * How long a directory must have been left alone before its time proves anything: two changes in one tick of the
 * clock of its file system leave the same time behind. The coarsest clocks count whole seconds, up to 2 s on FAT; others
 * tick at least every 10 ms.
 */
const QUIET_MS = { wholeSeconds: 2_000, finer: 500 };

/**
 * The names in a directory as the bytes of their UTF-8, a character each, so that JavaScript's own order is that of keys.
 * Without temporary ones and those that are not UTF-8. They are kept for the next page of a list, and read again as soon
 * as the directory has changed or may have changed unnoticed.
 */
export class SortedNames {
  readonly #disk: LocalDisk;
  readonly #directory: string;
  #kept: { readonly version: string; readonly names: readonly string[] } | undefined;

  constructor(disk: LocalDisk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  async read(): Promise<readonly string[]> {
    const { dev, ino, mtimeNs, mtimeMs } = await this.#disk.statDirectory(this.#directory); // before the names
    const version = `${dev}-${ino}-${mtimeNs}`;
    if (this.#kept?.version === version) return this.#kept.names;
    const isQuiet = Date.now() - Number(mtimeMs) > (mtimeMs % 1_000n === 0n ? QUIET_MS.wholeSeconds : QUIET_MS.finer);
    const names = (await this.#disk.readLatin1Names(this.#directory)).filter(isListable).sort();
    this.#kept = isQuiet ? { version, names } : undefined;
    return names;
  }

  /** Frees the memory, after the last page. */
  forget(): void {
    this.#kept = undefined;
  }
}

/** Returns the text whose bytes are the characters of `name`. */
export function keyOfName(name: string): string {
  return isAscii(name) ? name : Buffer.from(name, "latin1").toString();
}

/** Returns the bytes of a text, a character each. */
export function nameOfKey(key: string): string {
  return isAscii(key) ? key : Buffer.from(key).toString("latin1");
}

function isListable(name: string): boolean {
  return !isTemporaryName(name) && (isAscii(name) || isUtf8(Buffer.from(name, "latin1")));
}

function isAscii(text: string): boolean {
  return !/[^ -~]/.test(text);
}
