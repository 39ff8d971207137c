import { join } from "node:path";
import {
  abortError,
  type Cancellable,
  type Classification,
  currentProcess,
  errnoOf,
  type FileInfo,
  type FilesystemDriver,
  type ListPage,
  type ListPageOptions,
  nodeDisk,
  platformOf,
  type ReadRangeOptions,
  StowageError,
  type WriteObjectOptions,
} from "@stowage/core/driver";
import { CAPABILITIES } from "./capabilities.ts";
import { classify } from "./classify.ts";
import { fileInfo } from "./file-info.ts";
import { listPage } from "./list/list-page.ts";
import { SortedNames } from "./list/sorted-names.ts";
import type { LocalDisk } from "./local-disk.ts";
import type { LocalOptions } from "./local-options.ts";
import { readObject } from "./read/read-object.ts";
import { resolveOptions } from "./resolve-options.ts";
import { assertFileName, assertSpelled, publishUnlikeOthers } from "./spelling.ts";
import { changeDurably } from "./write/change-durably.ts";
import { makeDirectory } from "./write/make-directory.ts";
import { sweepLeftovers } from "./write/sweep-leftovers.ts";
import { TemporaryFile } from "./write/temporary-file.ts";
import type { Writer } from "./write/temporary-name.ts";

/**
 * Keeps each object as a regular file of mode 0600 in one directory, under its key. Whatever else lies there is neither
 * followed nor listed nor deleted. If the directory vanishes, every call rejects as `BUCKET_NOT_FOUND`.
 */
export class LocalDriver implements FilesystemDriver {
  readonly kind = "local";
  readonly capabilities = CAPABILITIES;
  readonly directory: string;
  readonly #create: boolean;
  readonly #disk: LocalDisk;
  readonly #names: SortedNames;
  #writer: Promise<Writer> | undefined;

  /** `CONFIG_INVALID` for an option that is wrong, or that there is not. */
  constructor(options: LocalOptions, disk: LocalDisk = nodeDisk) {
    const { directory, create } = resolveOptions(options);
    this.directory = directory;
    this.#create = create;
    this.#disk = disk;
    this.#names = new SortedNames(disk, directory);
  }

  async open(): Promise<void> {
    try {
      if (this.#create) await makeDirectory(this.#disk, this.directory);
      else await this.#assertThere();
      await sweepLeftovers(this.#disk, this.directory, await this.#self());
    } catch (cause) {
      const isNoDirectory = ["EEXIST", "ENOTDIR", "ELOOP"].includes(errnoOf(cause) ?? "");
      if (!isNoDirectory) throw cause;
      throw new StowageError("CONFIG_INVALID", `directory: ${this.directory} is not a directory`, { cause });
    }
  }

  async stat(key: string): Promise<FileInfo> {
    return this.#explained("NOT_FOUND", async () => {
      const path = this.#pathToFind(key);
      const stats = await this.#disk.lstatExactly(path);
      if (!stats.isFile()) throw new StowageError("NOT_FOUND", "what lies there is not a regular file");
      await assertSpelled(this.#disk, path);
      return fileInfo(key, stats);
    });
  }

  async list(options: ListPageOptions): Promise<ListPage> {
    return this.#explained("BUCKET_NOT_FOUND", async () => {
      const names = await this.#names.read();
      const page = await listPage({ disk: this.#disk, directory: this.directory, names }, options);
      if (page.cursor === undefined) this.#names.forget();
      return page;
    });
  }

  async read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
    return this.#explained("NOT_FOUND", async () => {
      const path = this.#pathToFind(key);
      await assertSpelled(this.#disk, path);
      const { stats, content } = await readObject(this.#disk, path, options);
      return { info: fileInfo(key, stats), content };
    });
  }

  /** If the disk fails to confirm the new name, the object is stored and visible, and the call rejects as `UNAVAILABLE`. */
  async write(key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions): Promise<FileInfo> {
    const { ifNotExists: createOnly = false, signal } = options;
    assertFileName(this.#disk, key);
    return this.#explained("UNAVAILABLE", async () => {
      const temporary = await TemporaryFile.create(this.#disk, this.directory, await this.#self());
      try {
        for await (const chunk of content) await temporary.write(chunk);
        const stats = await temporary.finish();
        await changeDurably(this.#disk, this.directory, async () => {
          if (signal.aborted) throw abortError(signal);
          const path = this.#path(key);
          await publishUnlikeOthers(this.#disk, path, () => temporary.publish(path, { createOnly }));
        });
        return fileInfo(key, stats);
      } finally {
        await temporary.discard();
      }
    });
  }

  /** Confirms on the disk that a missing key is missing, too: whoever removed it may have been killed before it did so. */
  async delete(key: string, { signal }: Cancellable): Promise<void> {
    return this.#explained("NOT_FOUND", () => {
      return changeDurably(this.#disk, this.directory, () => this.#remove(key, signal).catch(ignoreMissing));
    });
  }

  async close(): Promise<void> {
    this.#names.forget();
  }

  classify(error: unknown): Classification {
    return classify(error);
  }

  /** The only place where a key becomes a path. */
  #path(key: string): string {
    return join(this.directory, key);
  }

  /** `NOT_FOUND` for a key that nothing can lie under. */
  #pathToFind(key: string): string {
    const problem = platformOf(this.#disk).nameProblem(key);
    if (problem !== undefined) throw new StowageError("NOT_FOUND", `no file can be called so: ${problem}`);
    return this.#path(key);
  }

  #self(): Promise<Writer> {
    this.#writer ??= currentProcess();
    return this.#writer;
  }

  async #assertThere(): Promise<void> {
    const stats = await this.#disk.statDirectory(this.directory).catch((cause: unknown) => {
      if (errnoOf(cause) !== "ENOENT") throw cause;
      const message = `the directory ${this.directory} does not exist, and is not created; is its volume mounted?`;
      throw new StowageError("BUCKET_NOT_FOUND", message, { cause });
    });
    if (!stats.isDirectory())
      throw new StowageError("CONFIG_INVALID", `directory: ${this.directory} is not a directory`);
  }

  #remove(key: string, signal: AbortSignal): Promise<void> {
    return this.#explained("NOT_FOUND", async () => {
      await this.stat(key);
      if (signal.aborted) throw abortError(signal);
      await this.#disk.removeFile(this.#path(key));
    });
  }

  /** Runs a call, and tells a file that is missing in its directory (`missing`) from a directory that is missing. */
  async #explained<Result>(
    missing: "NOT_FOUND" | "BUCKET_NOT_FOUND" | "UNAVAILABLE",
    call: () => Promise<Result>,
  ): Promise<Result> {
    try {
      return await call();
    } catch (cause) {
      if (errnoOf(cause) !== "ENOENT") throw cause;
      await this.#disk.statDirectory(this.directory).catch(() => {
        throw new StowageError("BUCKET_NOT_FOUND", `the directory ${this.directory} has vanished`, { cause });
      });
      throw new StowageError(missing, cause instanceof Error ? cause.message : "the file is missing", { cause });
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (error instanceof StowageError && error.code === "NOT_FOUND") return;
  throw error;
}
