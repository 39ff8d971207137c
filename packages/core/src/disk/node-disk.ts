import { type BigIntStats, constants, type Stats } from "node:fs";
import {
  chmod,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rmdir,
  stat,
  statfs,
  unlink,
  utimes,
} from "node:fs/promises";
import { programs } from "#programs";
import { whyNoThreads } from "../concurrency/thread-failure.ts";
import { WorkerPool } from "../concurrency/worker-pool.ts";
import { realPathOf } from "./descriptor-path.ts";
import type { Disk, DiskFile, DiskPath, PathOptions } from "./disk.ts";
import { openDirectory } from "./disk-directory.ts";
import { lstatExactlyInSlices, lstatInSlices } from "./lstat-in-slices.ts";
import { CREATE_FLAGS, READ_FLAGS } from "./open-flags.ts";
import { forgetOwnDescriptor, noteOwnDescriptor } from "./own-descriptors.ts";
import { reachedReally } from "./real-directory.ts";
import { prefersFileSystemSync, syncFileSystem } from "./sync-file-system.ts";
import { withoutFirst } from "./without-first.ts";

/** The real disk, through `node:fs`. */
export const nodeDisk: Disk = {
  lstat: (path) => lstat(path),
  lstatEach: lstatInSlices,
  lstatExactly: (path) => lstat(path, { bigint: true }),
  lstatEachExactly: lstatExactlyInSlices,
  statDirectory: (path) => stat(path, { bigint: true }),
  realPath: (path) => realpath(path),
  readDirectory: (path) => readdir(path, { encoding: "buffer" }),
  readLatin1Names: (path) => readdir(path, { encoding: "latin1" }),
  openDirectory,
  openFile: async (path) => new NodeFile(await open(path, READ_FLAGS)),
  createFile: (path, options) =>
    reached(path, options, async (real) => new NodeFile(await open(real, CREATE_FLAGS, 0o600))),
  makeDirectory: (path, options) => reached(path, options, (real) => mkdir(real, { mode: 0o700 })),
  rename: (from, to, options) =>
    reached(from, options, (realFrom) => reached(to, options, (realTo) => rename(realFrom, realTo))),
  link: (from, to) => link(from, to),
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
  threads: {
    worthwhileSize: 512 * 1024,
    whyNot: () => (programs ? whyNoThreads() : "this package runs from its sources"),
    start: (program, count, data) => new WorkerPool(programs?.[program] ?? "", count, data),
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

  statExactly(): Promise<BigIntStats> {
    return this.#handle.stat({ bigint: true });
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

  /** By its own clock, so not utimes(2). A file that stays as long as it was may keep its time, so it grows and shrinks. */
  async touchEmpty(): Promise<void> {
    await this.write(Buffer.alloc(1));
    await this.#handle.truncate(0);
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
