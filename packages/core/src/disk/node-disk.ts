import { type BigIntStats, constants, type Stats } from "node:fs";
import {
  chmod,
  type FileHandle,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rmdir,
  stat,
  statfs,
  symlink,
  unlink,
  utimes,
} from "node:fs/promises";
import { programs } from "#programs";
import { whyNoThreads } from "../concurrency/thread-failure.ts";
import { WorkerPool } from "../concurrency/worker-pool.ts";
import { realPathOf } from "./descriptor-path.ts";
import type { Disk, DiskFile, DiskOwner, DiskPath, PathOptions } from "./disk.ts";
import { openDirectory } from "./disk-directory.ts";
import { lstatExactlyInSlices, lstatInSlices } from "./lstat-in-slices.ts";
import { CREATE_FLAGS } from "./open-flags.ts";
import { openUnlinked } from "./open-unlinked.ts";
import { forgetOwnDescriptor, noteOwnDescriptor } from "./own-descriptors.ts";
import { PLATFORM, type Platform } from "./platform.ts";
import { reachedReally } from "./real-directory.ts";
import { statCallsOn } from "./stat-calls.ts";
import { prefersFileSystemSync, syncFileSystem } from "./sync-file-system.ts";
import { syncIfKept } from "./sync-kept.ts";
import { tryAgain } from "./try-again.ts";
import { whyNotMovable } from "./why-not-movable.ts";
import { withoutFirst } from "./without-first.ts";

/** The real disk, through `node:fs`. */
export const nodeDisk: Disk = nodeDiskOn(PLATFORM);

/** The real disk, used as that of a platform is. */
export function nodeDiskOn(platform: Platform): Disk {
  const stats = statCallsOn(platform);
  return {
    ...{ platform, lstat: stats.later, lstatEach: (paths: readonly DiskPath[]) => lstatInSlices(paths, stats) },
    lstatExactly: (path) => lstat(path, { bigint: true }),
    lstatEachExactly: lstatExactlyInSlices,
    statDirectory: (path) => stat(path, { bigint: true }),
    realPath: (path) => realpath(path),
    readDirectory: (path) => readdir(path, { encoding: "buffer" }),
    readLatin1Names: (path) => readdir(path, { encoding: "latin1" }),
    openDirectory: (path, options) => openDirectory(path, options, platform),
    openFile: async (path) => new NodeFile(await openUnlinked(path, platform), platform),
    whyNotMovable: async (path, full) => (platform.refusesMovesFirst ? whyNotMovable(path, full) : undefined),
    readLink: (path) => readlink(path, { encoding: "buffer" }),
    link: (from, to) => link(from, to),
    ...changingOn(platform),
    syncDirectory: async (path) => {
      if (platform.syncsDirectories) await syncDirectory(path);
    },
    prefersFileSystemSync: async (path, files) => platform.syncsFileSystems && prefersFileSystemSync(path, files),
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
}

type Changing =
  | "createFile"
  | "makeDirectory"
  | "makeLink"
  | "rename"
  | "removeFile"
  | "removeDirectory"
  | "setMode"
  | "setModifiedAt"
  | "setOwner"
  | "setLinkModifiedAt";

/** What changes names, and files by their names, where a link may come in the way. */
function changingOn(platform: Platform): Pick<Disk, Changing> {
  function reached<Path extends DiskPath, T>(
    path: Path,
    { isReal = false }: PathOptions = {},
    action: (path: Path) => Promise<T>,
  ): Promise<T> {
    return isReal ? reachedReally(path, action, platform) : action(path);
  }
  const repeated = <T>(call: () => Promise<T>) => tryAgain(platform, call);
  return {
    createFile: (path, options) =>
      reached(path, options, async (real) => new NodeFile(await open(real, CREATE_FLAGS, 0o600), platform)),
    makeDirectory: (path, options) => reached(path, options, (real) => mkdir(real, { mode: 0o700 })),
    makeLink: (path, target, options) => reached(path, options, (real) => symlink(target, real)),
    rename: (from, to, options) =>
      reached(from, options, (realFrom) => reached(to, options, (realTo) => renameOn(platform, realFrom, realTo))),
    removeFile: (path, options) => reached(path, options, (real) => repeated(() => unlink(real))),
    removeDirectory: (path, options) => reached(path, options, (real) => repeated(() => rmdir(real))),
    // A name in a directory that is reached may be a link itself; "/." leads to a directory alone.
    setMode: async (path, mode, options) => {
      if (platform.hasModes) await reached(inside(path, options), options, (real) => chmod(real, mode));
    },
    setModifiedAt: (path, modifiedAt, options) =>
      reached(inside(path, options), options, (real) => utimes(real, modifiedAt, modifiedAt)),
    setOwner: (path, { uid, gid }, options) => reached(path, options, (real) => lchown(real, uid, gid)),
    setLinkModifiedAt: (path, modifiedAt, options) =>
      reached(path, options, (real) => lutimes(real, modifiedAt, modifiedAt)),
  };
}

/** A file never takes the name of a directory, which Windows tells as it tells of a file that is in use. */
async function renameOn(platform: Platform, from: DiskPath, to: DiskPath): Promise<void> {
  const assertFree = async () => {
    const [moved, there] = await Promise.all([from, to].map((path) => lstat(path).catch(() => undefined)));
    if (!there?.isDirectory() || moved?.isDirectory()) return;
    const message = `EISDIR: a directory is there, rename '${from}' -> '${to}'`;
    throw Object.assign(new Error(message), { code: "EISDIR", syscall: "rename" });
  };
  return tryAgain(platform, () => rename(from, to), assertFree);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await syncIfKept(path, () => directory.sync());
  } finally {
    await directory.close();
  }
}

/** The directory itself, as a name in it. */
function inside(path: string, { isReal = false }: PathOptions = {}): string {
  return isReal ? `${path}/.` : path;
}

class NodeFile implements DiskFile {
  readonly #handle: FileHandle;
  readonly #platform: Platform;

  constructor(handle: FileHandle, platform: Platform) {
    this.#handle = handle;
    this.#platform = platform;
    noteOwnDescriptor(handle.fd);
  }

  get descriptor(): number {
    return this.#handle.fd;
  }

  stat(): Promise<Stats> {
    return statCallsOn(this.#platform).ofHandle(this.#handle);
  }

  statExactly(): Promise<BigIntStats> {
    return this.#handle.stat({ bigint: true });
  }

  realPath(): Promise<string> {
    return realPathOf(this.#handle.fd, this.#platform);
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

  async writeAt(buffers: readonly Uint8Array[], position: number): Promise<void> {
    let written = 0;
    for (let rest = buffers; rest.length > 0; rest = withoutFirst(buffers, written)) {
      const { bytesWritten } = await this.#handle.writev(rest, position + written);
      written += bytesWritten;
    }
  }

  setOwner({ uid, gid }: DiskOwner): Promise<void> {
    return this.#handle.chown(uid, gid);
  }

  async setMode(mode: number): Promise<void> {
    if (this.#platform.hasModes) await this.#handle.chmod(mode);
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
