import type { BigIntStats } from "node:fs";
import { join } from "node:path";
import { closeQuietly, errnoOf, platformOf, StowageError } from "@stowage/core/driver";
import type { LocalDisk, LocalFile } from "../local-disk.ts";
import { publishReserved } from "./publish-reserved.ts";
import { temporaryName, type Writer } from "./temporary-name.ts";

const BUSY: ReadonlySet<string | undefined> = new Set(["EPERM", "EACCES", "EBUSY"]);
/** Windows says that a call is invalid, of which libuv makes EISDIR. */
const NO_HARD_LINKS: ReadonlySet<string | undefined> = new Set([
  "EPERM",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "EMLINK",
  "EISDIR",
]);

/** A hidden file that collects the bytes of an object and becomes it at once: create → write… → finish → publish → discard. */
export class TemporaryFile {
  readonly #disk: LocalDisk;
  readonly #path: string;
  readonly #file: LocalFile;
  #isEmpty = true;
  #isOpen = true;
  #isRenamed = false;

  static async create(disk: LocalDisk, directory: string, writer: Writer): Promise<TemporaryFile> {
    const path = join(directory, temporaryName(writer));
    return new TemporaryFile(disk, path, await disk.createFile(path));
  }

  private constructor(disk: LocalDisk, path: string, file: LocalFile) {
    this.#disk = disk;
    this.#path = path;
    this.#file = file;
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#isEmpty = false;
    await this.#file.write(chunk);
  }

  /** Makes the bytes durable. The last of them sets the time of the file; without one it is that of its creation. Closes before publishing, because a network mount may report a full disk only then. */
  async finish(): Promise<BigIntStats> {
    if (this.#isEmpty) await this.#file.touchEmpty();
    await this.#file.sync();
    const stats = await this.#file.statExactly();
    this.#isOpen = false;
    await this.#file.close();
    return stats;
  }

  /** Gives the file its name, atomically: replaces a file there, or fails as `ALREADY_EXISTS` if `createOnly`. */
  async publish(path: string, { createOnly }: { createOnly: boolean }): Promise<void> {
    try {
      if (createOnly) return await this.#publishAsNew(path);
      await this.#disk.rename(this.#path, path);
      this.#isRenamed = true;
    } catch (error) {
      const isBusy = platformOf(this.#disk).busyMs > 0 && BUSY.has(errnoOf(error));
      throw isBusy && !createOnly ? inUse(error) : explain(error, createOnly);
    }
  }

  /** Over NFS the answer to link(2) may be lost, and the second try fails: a second link says that the first one did not, see open(2). */
  async #publishAsNew(path: string): Promise<void> {
    try {
      await this.#disk.link(this.#path, path);
    } catch (error) {
      if (await this.#hasTwoNames()) return;
      if (!NO_HARD_LINKS.has(errnoOf(error))) throw error;
      await publishReserved(this.#disk, this.#path, path);
      this.#isRenamed = true;
    }
  }

  async #hasTwoNames(): Promise<boolean> {
    return this.#disk.lstatExactly(this.#path).then(
      ({ nlink }) => Number(nlink) === 2,
      () => false,
    );
  }

  /** Lets go of the descriptor and of the temporary name, as far as they are still there. Never rejects. */
  async discard(): Promise<void> {
    if (this.#isOpen) await closeQuietly(this.#file);
    this.#isOpen = false;
    if (this.#isRenamed) return;
    const remove = () => this.#disk.removeFile(this.#path);
    await remove()
      .catch(remove) // a name left here stays until a later process sweeps it: worth a second try
      .catch(() => {});
  }
}

/** Somebody reads the file that is to be replaced, and the system does not let go of its name meanwhile. */
function inUse(cause: unknown): StowageError {
  return new StowageError("UNAVAILABLE", "the object is in use, and cannot be replaced until it is closed", { cause });
}

function explain(cause: unknown, createOnly: boolean): unknown {
  const errno = errnoOf(cause);
  if (createOnly && errno === "EEXIST") return new StowageError("ALREADY_EXISTS", "the key is taken", { cause });
  if (errno === "EISDIR")
    return new StowageError("CONFIG_INVALID", "directory: a sub-folder has the name of the key", { cause });
  return cause;
}
