import { constants, type Stats } from "node:fs";
import {
  chmod,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rmdir,
  statfs,
  unlink,
  utimes,
} from "node:fs/promises";

import { realPathOf } from "./descriptor-path.ts";
import { type DiskDirectory, openDirectory } from "./disk-directory.ts";
import { forgetOwnDescriptor, noteOwnDescriptor } from "./own-descriptors.ts";
import { reachedReally } from "./real-directory.ts";
import { prefersFileSystemSync, syncFileSystem } from "./sync-file-system.ts";

/** A path whose names may be any bytes, as the kernel allows them. */
export type DiskPath = string | Buffer;

/** How a path is reached. */
export interface PathOptions {
  /** Whether the path has no link on it. Where one has come since it is not followed: `PERMISSION_DENIED`. */
  readonly isReal?: boolean | undefined;
}

/**
 * Every disk access of create and restore, so that tests can count the calls, fail the nth one and
 * record their order. Each method is one system call, or one loop over one, but for the sync of a file system.
 */
export interface Disk {
  lstat(path: DiskPath): Promise<Stats>;
  /** The names in a directory, as the bytes that the disk holds, in no order. */
  readDirectory(path: DiskPath): Promise<Buffer[]>;
  /** Opens a directory for looking at what lies in it. Follows no link unless it is told to, and then only the last. */
  openDirectory(path: string, options?: { readonly followsLink?: boolean }): Promise<DiskDirectory>;
  /** Opens a file for reading. Never follows a symlink and never blocks on a FIFO. */
  openFile(path: string): Promise<DiskFile>;
  /** Creates a file that must not exist yet, mode 0600, for writing. */
  createFile(path: string, options?: PathOptions): Promise<DiskFile>;
  /** Creates a directory that must not exist yet, mode 0700. */
  makeDirectory(path: string, options?: PathOptions): Promise<void>;
  rename(from: DiskPath, to: DiskPath, options?: PathOptions): Promise<void>;
  removeFile(path: DiskPath, options?: PathOptions): Promise<void>;
  removeDirectory(path: DiskPath, options?: PathOptions): Promise<void>;
  setMode(path: string, mode: number, options?: PathOptions): Promise<void>;
  setModifiedAt(path: string, modifiedAt: Date, options?: PathOptions): Promise<void>;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): Promise<void>;
  /** Says whether one sync of the file system that holds `path` is to be preferred to that of so many files in it, and can be trusted. */
  prefersFileSystemSync(path: string, files: number): Promise<boolean>;
  /** Makes everything durable that was written to the file system that holds `path`, by whatever thread or process. */
  syncFileSystem(path: string): Promise<void>;
  /** Bytes that this process may still write to the file system that holds `path`. */
  freeSpace(path: string): Promise<number>;
}

export interface DiskFile {
  /** The descriptor of a file that this process has open, through which another of its threads can read and write. */
  readonly descriptor?: number;
  stat(): Promise<Stats>;
  /** Where the file lies that is open, without any link. Absent, or rejects, where the system does not tell. */
  realPath?(): Promise<string>;
  /** Fills `buffer` from `position` on as far as the file reaches. Returns the number of bytes. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Appends all of `bytes`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes all pieces, one behind the other, from `position` on, perhaps before what comes before them. */
  writeAt(pieces: readonly Uint8Array[], position: number): Promise<void>;
  setMode(mode: number): Promise<void>;
  setModifiedAt(modifiedAt: Date): Promise<void>;
  /** Makes the content durable. A failure must not be retried: the kernel reports it once. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A file that is only read. */
export type ReadableFile = Pick<DiskFile, "descriptor" | "stat" | "realPath" | "read" | "close">;

/** Follows no symlink and blocks on no FIFO. */
export const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
export const CREATE_FLAGS = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** The real disk, through `node:fs`. */
export const nodeDisk: Disk = {
  lstat: (path) => lstat(path),
  readDirectory: (path) => readdir(path, { encoding: "buffer" }),
  openDirectory,
  openFile: async (path) => new NodeFile(await open(path, READ_FLAGS)),
  createFile: (path, options) =>
    reached(path, options, async (real) => new NodeFile(await open(real, CREATE_FLAGS, 0o600))),
  makeDirectory: (path, options) => reached(path, options, (real) => mkdir(real, { mode: 0o700 })),
  rename: (from, to, options) =>
    reached(from, options, (realFrom) => reached(to, options, (realTo) => rename(realFrom, realTo))),
  removeFile: (path, options) => reached(path, options, (real) => unlink(real)),
  removeDirectory: (path, options) => reached(path, options, (real) => rmdir(real)),
  // A name in a directory that is reached may be a link itself; "/." leads to a directory alone.
  setMode: (path, mode, options) => reached(inside(path, options), options, (real) => chmod(real, mode)),
  setModifiedAt: (path, modifiedAt, options) =>
    reached(inside(path, options), options, (real) => utimes(real, modifiedAt, modifiedAt)),
  syncDirectory: async (path) => {
    const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
  prefersFileSystemSync: (path, files) => prefersFileSystemSync(path, files),
  syncFileSystem: (path) => syncFileSystem(path),
  freeSpace: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

function reached<Path extends DiskPath, T>(
  path: Path,
  { isReal = false }: PathOptions = {},
  action: (path: Path) => Promise<T>,
): Promise<T> {
  return isReal ? reachedReally(path, action) : action(path);
}

/** The directory itself, as a name in it. */
function inside(path: string, { isReal = false }: PathOptions = {}): string {
  return isReal ? `${path}/.` : path;
}

/** Runs `action` and closes the file. A failure to close counts only if `action` succeeded. */
export async function closingAfter<T>(file: DiskFile, action: () => Promise<T>): Promise<T> {
  const [result] = await Promise.allSettled([action()]);
  const [closed] = await Promise.allSettled([file.close()]);
  if (result.status === "rejected") throw result.reason;
  if (closed.status === "rejected") throw closed.reason;
  return result.value;
}

/** What is left of pieces behind their first bytes. */
export function withoutFirst(pieces: readonly Uint8Array[], size: number): readonly Uint8Array[] {
  let start = 0;
  return pieces.flatMap((piece) => {
    const skipped = Math.min(piece.length, Math.max(0, size - start));
    start += piece.length;
    return skipped < piece.length ? [piece.subarray(skipped)] : [];
  });
}

class NodeFile implements DiskFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
    noteOwnDescriptor(handle.fd);
  }

  get descriptor(): number {
    return this.#handle.fd;
  }

  stat(): Promise<Stats> {
    return this.#handle.stat();
  }

  realPath(): Promise<string> {
    return realPathOf(this.#handle.fd);
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

  async writeAt(pieces: readonly Uint8Array[], position: number): Promise<void> {
    let written = 0;
    for (let rest = pieces; rest.length > 0; rest = withoutFirst(pieces, written)) {
      const { bytesWritten } = await this.#handle.writev(rest, position + written);
      written += bytesWritten;
    }
  }

  setMode(mode: number): Promise<void> {
    return this.#handle.chmod(mode);
  }

  setModifiedAt(modifiedAt: Date): Promise<void> {
    return this.#handle.utimes(modifiedAt, modifiedAt);
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    forgetOwnDescriptor(this.#handle.fd);
    return this.#handle.close();
  }
}
