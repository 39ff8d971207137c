import type { BigIntStats, Stats } from "node:fs";
import { type Awaitable, isLater } from "../concurrency/steps.ts";
import type { JobPool } from "../concurrency/worker-pool.ts";
import type { ThreadProgram } from "../programs.ts";
import { PLATFORM, type Platform } from "./platform.ts";

/** A path whose names may be any bytes, as the kernel allows them. */
export type DiskPath = string | Buffer;

/** Who owns something, by number. */
export interface DiskOwner {
  readonly uid: number;
  readonly gid: number;
}

/** How a path is reached. */
export interface PathOptions {
  /** Whether the path has no link on it. Where one has come since it is not followed: `PERMISSION_DENIED`. */
  readonly isReal?: boolean | undefined;
}

/** A directory that is open: its children are reached through it, whatever takes its name or its place meanwhile. */
export interface DiskDirectory {
  /** Where it lay when it was opened, without any link. */
  realPath(): Promise<string>;
  /** The names in it, as the bytes that the disk holds, in no order. */
  readNames(): Promise<Buffer[]>;
  /** Describes children without following links. Settles each on its own. "." is the directory itself. */
  lstatChildren(names: readonly string[]): Promise<PromiseSettledResult<Stats>[]>;
  /** Where the link of that name leads, as the bytes that the disk holds. `EINVAL` if it is none. */
  readLink(name: string): Promise<Buffer>;
  /** Makes the names in it durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Every disk access of create and restore, so that tests can count the calls, fail the nth one and
 * record their order. Each method is one system call, or one loop over one, but for the sync of a file system.
 */
export interface Disk {
  lstat(path: DiskPath): Promise<Stats>;
  /** Describes what lies at many paths, without following links. Settles each on its own. */
  lstatEach(paths: readonly DiskPath[]): Promise<PromiseSettledResult<Stats>[]>;
  /** As `lstat`, with numbers of any size and times to the nanosecond: where versions of a file are told apart by them. */
  lstatExactly(path: string): Promise<BigIntStats>;
  lstatEachExactly(paths: readonly string[]): Promise<PromiseSettledResult<BigIntStats>[]>;
  /** Describes a directory, also behind a link, to the nanosecond. */
  statDirectory(path: string): Promise<BigIntStats>;
  /** Where something lies, without any link. */
  realPath(path: string): Promise<string>;
  /** The names in a directory, as the bytes that the disk holds, in no order. */
  readDirectory(path: DiskPath): Promise<Buffer[]>;
  /** The same, a character (Latin-1) for each byte: a hundred thousand names in a third of the time. */
  readLatin1Names(path: string): Promise<string[]>;
  /** Opens a directory for looking at what lies in it. Follows no link unless it is told to, and then only the last. */
  openDirectory(path: string, options?: { readonly followsLink?: boolean }): Promise<DiskDirectory>;
  /** Opens a file for reading. Never follows a symlink and never blocks on a FIFO. */
  openFile(path: string): Promise<DiskFile>;
  /** Creates a file that must not exist yet, mode 0600, for writing. */
  createFile(path: string, options?: PathOptions): Promise<DiskFile>;
  /** Creates a directory that must not exist yet, mode 0700. */
  makeDirectory(path: string, options?: PathOptions): Promise<void>;
  rename(from: DiskPath, to: DiskPath, options?: PathOptions): Promise<void>;
  /**
   * Why something cannot be renamed into another directory, found out without doing it: `full` is a directory that is not empty, on the
   * same volume, in another directory than `path`. Undefined if it can, if it is gone, or where the system does not tell.
   */
  whyNotMovable(path: string, full: string): Promise<NodeJS.ErrnoException | undefined>;
  /** Where a link leads, as the bytes that the disk holds. `EINVAL` if it is none. */
  readLink(path: DiskPath): Promise<Buffer>;
  /** Makes a symbolic link, at a path where nothing is yet. */
  makeLink(path: string, target: string, options?: PathOptions): Promise<void>;
  /** The same as `setModifiedAt` for a link itself. */
  setLinkModifiedAt(path: string, modifiedAt: Date, options?: PathOptions): Promise<void>;
  /** Gives a file a second name. `EEXIST` if that is taken. */
  link(from: string, to: string): Promise<void>;
  removeFile(path: DiskPath, options?: PathOptions): Promise<void>;
  removeDirectory(path: DiskPath, options?: PathOptions): Promise<void>;
  setMode(path: string, mode: number, options?: PathOptions): Promise<void>;
  setModifiedAt(path: string, modifiedAt: Date, options?: PathOptions): Promise<void>;
  /** Of a link its own. */
  setOwner(path: string, owner: DiskOwner, options?: PathOptions): Promise<void>;
  /** Makes the names in a directory durable. */
  syncDirectory(path: string): Promise<void>;
  /** Says whether one sync of the file system that holds `path` is to be preferred to that of so many files in it, and can be trusted. */
  prefersFileSystemSync(path: string, files: number): Promise<boolean>;
  /** Makes everything durable that was written to the file system that holds `path`, by whatever thread or process. */
  syncFileSystem(path: string): Promise<void>;
  /** Bytes that this process may still write to the file system that holds `path`. */
  freeSpace(path: string): Promise<number>;
  /** What the system can do. That which this process runs on if it is left out. */
  readonly platform?: Platform | undefined;
  /** How threads reach the same paths. Absent where they cannot: a disk that wraps another one and changes its calls leaves it out. */
  readonly threads?: DiskThreads | undefined;
}

export function platformOf({ platform = PLATFORM }: Pick<Disk, "platform">): Platform {
  return platform;
}

/** The threads that work on a disk, each by a {@link ThreadDisk} of its own. */
export interface DiskThreads {
  /** Below so many bytes of an archive their start takes longer than they save. */
  readonly worthwhileSize: number;
  /** Why none can be started. Undefined if they can, as far as is known. */
  whyNot(): string | undefined;
  /** Starts threads that run a program, each with `data`. */
  start(program: ThreadProgram, count: number, data: object): JobPool;
}

/** A disk inside a thread: its calls are done at once, and the thread can do nothing else meanwhile. */
export interface ThreadDisk {
  lstat(path: string): Awaitable<Stats>;
  realPath(path: string): Awaitable<string>;
  openFile(path: string): Awaitable<DiskFile>;
  /** A file that this process has open in another thread. */
  fileOf(descriptor: number): DiskFile;
  /** Opens what creates and removes files where there is no link on the way. */
  openPlace(): ThreadPlace;
}

/** Creates and removes files by paths without a link. Keeps the directory of the last one open; close it. */
export interface ThreadPlace {
  createFile(path: string): Awaitable<DiskFile>;
  removeFile(path: string): Awaitable<void>;
  close(): void;
}

export interface DiskFile {
  /** The descriptor of a file that this process has open, through which another of its threads can read and write. */
  readonly descriptor?: number;
  stat(): Awaitable<Stats>;
  /** The same with numbers of any size, and times to the nanosecond. */
  statExactly(): Awaitable<BigIntStats>;
  /** Where the file lies that is open, without any link. Absent, or rejects, where the system does not tell. */
  realPath?(): Awaitable<string>;
  /** Fills `buffer` from `position` on as far as the file reaches. Returns the number of bytes. */
  read(buffer: Uint8Array, position: number): Awaitable<number>;
  /** Appends all of `bytes`. */
  write(bytes: Uint8Array): Awaitable<void>;
  /** Makes the disk note the current time as that of the last change, of a file without content. */
  touchEmpty(): Awaitable<void>;
  /** Writes all buffers, one behind the other, from `position` on, perhaps before what comes before them. */
  writeAt(buffers: readonly Uint8Array[], position: number): Awaitable<void>;
  setOwner(owner: DiskOwner): Awaitable<void>;
  setMode(mode: number): Awaitable<void>;
  setModifiedAt(modifiedAt: Date): Awaitable<void>;
  /** Makes the content durable. A failure must not be retried: the kernel reports it once. */
  sync(): Awaitable<void>;
  close(): Awaitable<void>;
}

/** Closes a file whose content is of no more use, or was only read: a failure loses nothing. */
export function closeQuietly(file: Pick<DiskFile, "close">): Awaitable<void> {
  try {
    const closed = file.close();
    return isLater(closed) ? closed.then(undefined, () => {}) : closed;
  } catch {
    return undefined;
  }
}

/** A file that is only read. */
export type ReadableFile = Pick<DiskFile, "descriptor" | "stat" | "realPath" | "read" | "close">;

/** Runs `action` and closes the file. A failure to close counts only if `action` succeeded. */
export async function closingAfter<T>(file: DiskFile, action: () => Promise<T>): Promise<T> {
  const [result] = await Promise.allSettled([action()]);
  const [closed] = await Promise.allSettled([(async () => file.close())()]);
  if (result.status === "rejected") throw result.reason;
  if (closed.status === "rejected") throw closed.reason;
  return result.value;
}
