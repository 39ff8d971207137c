import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { lstatInSlices } from "./lstat-in-slices.ts";

/** Every disk access of the driver, so that tests can count the calls and fail the nth one. */
export interface LocalDisk {
  /** Creates a directory whose parent is there, mode 0700. `EEXIST` if its name is taken. */
  makeDirectory(path: string): Promise<void>;
  /** Opens a directory, so that the names in it can be synced. */
  openDirectory(path: string): Promise<LocalFile>;
  /** Describes a directory, also behind a symlink. */
  statDirectory(path: string): Promise<BigIntStats>;
  /** The names in a directory, in no order: a character for each byte that the disk holds, since not all are UTF-8. */
  readDirectory(path: string): Promise<string[]>;
  lstat(path: string): Promise<BigIntStats>;
  /** Calls `lstat` for many paths, and gives what it says in their order: nothing for a file that is missing. */
  lstatEach(paths: readonly string[]): Promise<(BigIntStats | undefined)[]>;
  /** Opens a file for reading. Never follows a symlink and never blocks on a FIFO. */
  openFile(path: string): Promise<LocalFile>;
  /** Creates a file that must not exist yet, mode 0600, for writing. */
  createFile(path: string): Promise<LocalFile>;
  /** Replaces a file at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name. `EEXIST` if that is taken. */
  link(from: string, to: string): Promise<void>;
  removeFile(path: string): Promise<void>;
}

export interface LocalFile {
  stat(): Promise<BigIntStats>;
  /** Fills `buffer` from `position` on as far as the file reaches. Returns the number of bytes. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Appends all of `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Makes the disk note the current time as that of the last change, of a file without content. */
  touchEmpty(): Promise<void>;
  /** Makes the content, or the names in a directory, durable. */
  sync(): Promise<void>;
  /** Waits for calls under way. */
  close(): Promise<void>;
}

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** The real disk, through `node:fs`. */
export const nodeDisk: LocalDisk = {
  makeDirectory: (path) => mkdir(path, { mode: 0o700 }),
  openDirectory: async (path) => new NodeFile(await open(path, constants.O_RDONLY | constants.O_DIRECTORY)),
  statDirectory: (path) => stat(path, { bigint: true }),
  readDirectory: (path) => readdir(path, { encoding: "latin1" }),
  lstat: (path) => lstat(path, { bigint: true }),
  lstatEach: lstatInSlices,
  openFile: async (path) => new NodeFile(await open(path, READ)),
  createFile: async (path) => new NodeFile(await open(path, CREATE, 0o600)),
  rename: (from, to) => rename(from, to),
  link: (from, to) => link(from, to),
  removeFile: (path) => unlink(path),
};

class NodeFile implements LocalFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  stat(): Promise<BigIntStats> {
    return this.#handle.stat({ bigint: true });
  }

  async read(buffer: Uint8Array, position: number): Promise<number> {
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, buffer.length - filled, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, written, bytes.length - written);
      written += bytesWritten;
    }
  }

  /** By its own clock, so not utimes(2). A file that stays as long as it was may keep its time, so it grows and shrinks. */
  async touchEmpty(): Promise<void> {
    await this.write(Buffer.alloc(1));
    await this.#handle.truncate(0);
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
