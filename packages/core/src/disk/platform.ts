import { type WindowsNameProblem, windowsNameProblem } from "./windows-names.ts";

/**
 * What the disks of an operating system can do, where these differ. All that this package knows of platforms stands here, and a
 * test gives a {@link Disk} another one.
 */
export interface Platform {
  /** Where the system lists what the process that asks has open. */
  readonly descriptors: string | undefined;
  /** Whether a name in that list leads to the very file or directory, whatever became of its name: proc_pid_fd(5). */
  readonly reachesDescriptors: boolean;
  /** Where the kernel tells of processes, and of what it runs on: proc(5). */
  readonly processes: string | undefined;
  /** Where the kernel lists what is mounted, with bind mounts. */
  readonly mountList: string | undefined;
  /** Whether something can be mounted below a directory that `lstat` shows as a directory. */
  readonly mountsDirectories: boolean;
  /** Whether `open` can refuse a link (`O_NOFOLLOW`) and not wait at a FIFO (`O_NONBLOCK`). */
  readonly opensUnlinked: boolean;
  /** Whether the names in a directory can be made durable by a sync of it. */
  readonly syncsDirectories: boolean;
  /** Whether `sync -f` and syncfs(2) can be there. */
  readonly syncsFileSystems: boolean;
  /** How long `EPERM`, `EBUSY` and `EACCES` of a rename or removal may only mean that somebody has the file open, in milliseconds. */
  readonly busyMs: number;
  /** Whether permission bits mean something. */
  readonly hasModes: boolean;
  /** Whether anybody may make a symbolic link, whatever it leads to. */
  readonly makesLinks: boolean;
  /** Whether the directory that a process works in, and one that holds an open file, can be renamed. */
  readonly movesDirectoriesInUse: boolean;
  /** Whether a rename that nobody may do is refused as such before its target is looked at, so that one can be tried in vain. */
  readonly refusesMovesFirst: boolean;
  /** Whether several paths may lead to one place without a link: by case, normal form or short names. */
  readonly hasAliases: boolean;
  /** Whether a backslash in a path or glob parts names, as "/" does. */
  readonly partsAtBackslash: boolean;
  /** The most bytes of a path with what ends it. */
  readonly pathSizeMax: number;
  /** Says why nothing can be called so, beyond the rules that hold for every archive. */
  nameProblem(name: string): WindowsNameProblem | undefined;
}

export const LINUX: Platform = {
  descriptors: "/proc/self/fd",
  reachesDescriptors: true,
  processes: "/proc",
  mountList: "/proc/self/mountinfo",
  mountsDirectories: true,
  opensUnlinked: true,
  syncsDirectories: true,
  syncsFileSystems: true,
  busyMs: 0,
  hasModes: true,
  makesLinks: true,
  movesDirectoriesInUse: true,
  refusesMovesFirst: true, // vfs_rename() of fs/namei.c
  hasAliases: false,
  partsAtBackslash: false,
  pathSizeMax: 4_096, // PATH_MAX of limits.h
  nameProblem: () => undefined,
};

/** By its documentation. Its fsync(2) leaves the drive's cache alone; libuv calls fcntl(2) `F_FULLFSYNC` instead. */
export const MACOS: Platform = {
  ...LINUX,
  descriptors: "/dev/fd",
  reachesDescriptors: false,
  processes: undefined,
  mountList: undefined,
  syncsFileSystems: false,
  refusesMovesFirst: false, // not known
  hasAliases: true,
  pathSizeMax: 1_024, // PATH_MAX of sys/syslimits.h
};

/** Other systems of the Unix family, of which nothing more is known. */
const OTHER: Platform = { ...MACOS, descriptors: undefined, hasAliases: false };

/**
 * NTFS keeps names by its own journal, and no handle that Node gets of a directory may flush it. A volume that is mounted in a
 * directory is a reparse point there, which `lstat` shows as a link. Node puts `\\?\` before each path: 260 characters are no limit.
 */
export const WINDOWS: Platform = {
  descriptors: undefined,
  reachesDescriptors: false,
  processes: undefined,
  mountList: undefined,
  mountsDirectories: false,
  opensUnlinked: false,
  syncsDirectories: false,
  syncsFileSystems: false,
  busyMs: 5_000,
  hasModes: false,
  makesLinks: false,
  movesDirectoriesInUse: false,
  refusesMovesFirst: false,
  hasAliases: true,
  partsAtBackslash: true,
  pathSizeMax: 32_767,
  nameProblem: windowsNameProblem,
};

const PLATFORMS: Partial<Record<NodeJS.Platform, Platform>> = { linux: LINUX, darwin: MACOS, win32: WINDOWS };

/** The one that this process runs on. */
export const PLATFORM: Platform = PLATFORMS[process.platform] ?? OTHER;
