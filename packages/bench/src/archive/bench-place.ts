import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "./job.ts";

const CHUNK_SIZE = 4 * 1_024 * 1_024;

/** Where one dataset's archives and trees lie: a fresh place for each run. */
export class BenchPlace {
  readonly #directory: string;
  readonly #source: string;
  #runs = 0;

  constructor(directory: string, source: string) {
    this.#directory = directory;
    this.#source = source;
  }

  /** Makes room for a run: an empty directory for an archive and one for a tree. `archive` is read if it is given. */
  async prepare(archive?: string): Promise<Job & { readonly directory: string }> {
    const directory = join(this.#directory, `run-${this.#runs++}`);
    const target = join(directory, "tree");
    const archives = join(directory, "archives");
    for (const path of [archives, target]) await mkdir(path, { recursive: true });
    return { directory, source: this.#source, target, archive: archive ?? join(archives, "backup.zip") };
  }
}

/**
 * Writes a file of the size and removes it, so that no run is the first to touch that much memory: a virtual machine gets
 * it from its host, which takes about two seconds for a gigabyte.
 */
export async function touchMemory(directory: string, size: number, signal: AbortSignal): Promise<void> {
  const path = join(directory, "touched");
  const chunk = Buffer.alloc(CHUNK_SIZE);
  const file = await open(path, "w");
  try {
    for (let left = size; left > 0; left -= CHUNK_SIZE) {
      signal.throwIfAborted();
      await file.write(chunk, 0, Math.min(left, CHUNK_SIZE));
    }
  } finally {
    await file.close();
    await rm(path);
  }
}
