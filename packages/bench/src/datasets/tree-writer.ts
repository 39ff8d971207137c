import { chmodSync, closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { crc32 } from "node:zlib";
import type { FileRecord, Manifest } from "./manifest.ts";

const PAUSE_BYTES = 8_000_000;
const PAUSE_FILES = 500;

/** Writes files and notes what is in them. Synchronous calls, because they are twice as fast; it lets signals in between. */
export class TreeWriter {
  readonly #directory: string;
  readonly #signal: AbortSignal;
  readonly #files: FileRecord[] = [];
  readonly #made = new Set<string>();
  #written = 0;

  constructor(directory: string, signal: AbortSignal) {
    this.#directory = directory;
    this.#signal = signal;
  }

  get manifest(): Manifest {
    return this.#files;
  }

  /** Writes one file. The mode is set whatever the umask says. */
  async write(name: string, content: Iterable<Buffer>, mode = 0o644): Promise<void> {
    const path = join(this.#directory, name);
    this.#makeDirectory(dirname(path));
    const file = openSync(path, "wx");
    const record = { name, mode, size: 0, crc32: 0 };
    try {
      for (const chunk of content) {
        writeSync(file, chunk);
        record.size += chunk.length;
        record.crc32 = crc32(chunk, record.crc32);
        await this.#pause(chunk.length);
      }
    } finally {
      closeSync(file);
    }
    chmodSync(path, mode);
    this.#files.push(record);
  }

  #makeDirectory(path: string): void {
    if (this.#made.has(path)) return;
    mkdirSync(path, { recursive: true });
    this.#made.add(path);
  }

  async #pause(size: number): Promise<void> {
    this.#written += size + PAUSE_BYTES / PAUSE_FILES;
    if (this.#written < PAUSE_BYTES) return;
    this.#written = 0;
    await setImmediate();
    this.#signal.throwIfAborted();
  }
}
