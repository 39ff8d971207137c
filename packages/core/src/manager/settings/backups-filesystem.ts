import { raceAbort } from "../../abort.ts";
import { classifyDiskError } from "../../disk/classify-disk-error.ts";
import { StowageError } from "../../errors.ts";
import { Filesystem } from "../../filesystem/filesystem.ts";
import { filesystemAdvice } from "../../filesystem/filesystem-advice.ts";

/** A filesystem, or what makes one when it is first needed. */
export type FilesystemSource = Filesystem | (() => Filesystem | Promise<Filesystem>);

/** The filesystem of a manager, made and opened when it is needed. */
export class BackupsFilesystem {
  readonly #source: FilesystemSource;
  #made: Promise<Filesystem> | undefined;

  constructor(source: FilesystemSource) {
    if (!(source instanceof Filesystem) && typeof source !== "function") {
      const message = `filesystem: neither a Filesystem nor a function that returns one${filesystemAdvice(source)}`;
      throw new StowageError("CONFIG_INVALID", message);
    }
    this.#source = source;
  }

  /** Opens the filesystem. `FILESYSTEM_UNAVAILABLE` if that fails, as retryable as its cause; the next call tries again. */
  async open(operation: string, signal: AbortSignal): Promise<Filesystem> {
    try {
      const filesystem = await raceAbort(this.#make(), signal);
      await filesystem.open({ signal });
      return filesystem;
    } catch (error) {
      signal.throwIfAborted();
      const options = { operation, retryable: isRetryable(error), cause: error };
      throw new StowageError("FILESYSTEM_UNAVAILABLE", `Failed to load backups filesystem${reasonOf(error)}`, options);
    }
  }

  /** Closes a filesystem that was made here. One that was handed in belongs to the caller. */
  async close(): Promise<void> {
    if (this.#source instanceof Filesystem) return;
    const filesystem = await this.#made?.catch(() => undefined);
    await filesystem?.close();
  }

  #make(): Promise<Filesystem> {
    if (this.#source instanceof Filesystem) return Promise.resolve(this.#source);
    this.#made ??= this.#call(this.#source);
    return this.#made;
  }

  async #call(make: () => Filesystem | Promise<Filesystem>): Promise<Filesystem> {
    try {
      const filesystem = await make();
      if (filesystem instanceof Filesystem) return filesystem;
      const message = `filesystem: the function returns no Filesystem${filesystemAdvice(filesystem)}`;
      throw new StowageError("CONFIG_INVALID", message);
    } catch (error) {
      this.#made = undefined;
      throw error;
    }
  }
}

/** What a storage says of itself. The error of the user's function may hold a secret, and stays in the cause. */
function reasonOf(error: unknown): string {
  return error instanceof StowageError ? `: ${error.message}` : ".";
}

/** An error of the user's function may be anything: unless the disk says no for good, it may pass. */
function isRetryable(error: unknown): boolean {
  if (error instanceof StowageError) return error.retryable;
  const { code, retryable } = classifyDiskError(error);
  return code === "INTERNAL" || retryable;
}
