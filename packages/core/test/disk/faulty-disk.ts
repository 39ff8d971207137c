import type { Awaitable } from "../../src/concurrency/steps.ts";
import type { Disk, DiskDirectory, DiskFile } from "../../src/disk/disk.ts";

export interface Faults {
  /** The call that fails, counted from 1. None when left out. */
  readonly failAt?: number;
  readonly error?: Error;
  /** Runs before each call, such as "openFile /data/a" or "file.read /data/a", so that a test can change the disk in between. */
  readonly before?: (call: string) => void | Promise<void>;
}

export interface FaultyDisk {
  readonly disk: Disk;
  /** Every call so far, with its path. */
  readonly calls: readonly string[];
  /** Files that were opened or created and not closed. Counts on: read it from this object, not from a copy. */
  readonly openFiles: number;
}

/** Wraps a disk: counts its calls and open files, and fails one call. A close that fails has closed the file, as on Linux. */
export function faultyDisk(disk: Disk, faults: Faults = {}): FaultyDisk {
  const calls: string[] = [];
  let openFiles = 0;

  async function call<Result>(name: string, perform: () => Awaitable<Result>): Promise<Result> {
    calls.push(name);
    const fails = calls.length === faults.failAt;
    await faults.before?.(name);
    if (fails) throw faults.error ?? new Error(`injected: ${name}`);
    return perform();
  }

  async function opened(path: string, open: () => Promise<DiskFile>): Promise<DiskFile> {
    const file = await open();
    openFiles += 1;
    return {
      ...(file.realPath && { realPath: () => call(`file.realPath ${path}`, async () => file.realPath?.() ?? path) }),
      stat: () => call(`file.stat ${path}`, () => file.stat()),
      statExactly: () => call(`file.stat ${path}`, () => file.statExactly()),
      touchEmpty: () => call(`file.touchEmpty ${path}`, () => file.touchEmpty()),
      read: (buffer, position) => call(`file.read ${path}`, () => file.read(buffer, position)),
      write: (bytes) => call(`file.write ${path}`, () => file.write(bytes)),
      writeAt: (pieces, position) => call(`file.writeAt ${path}`, () => file.writeAt(pieces, position)),
      setOwner: (owner) => call(`file.setOwner ${path}`, () => file.setOwner(owner)),
      setMode: (mode) => call(`file.setMode ${path}`, () => file.setMode(mode)),
      setModifiedAt: (modifiedAt) => call(`file.setModifiedAt ${path}`, () => file.setModifiedAt(modifiedAt)),
      sync: () => call(`file.sync ${path}`, () => file.sync()),
      close: async () => {
        openFiles -= 1;
        await file.close();
        await call(`file.close ${path}`, async () => {});
      },
    };
  }

  /** The calls of a directory that is open have the names that they would have by its path. */
  async function openedDirectory(path: string, open: () => Promise<DiskDirectory>): Promise<DiskDirectory> {
    const directory = await open();
    openFiles += 1;
    const lstatChild = async (name: string) => {
      const [settled] = await call(`lstat ${path}/${name}`, () => directory.lstatChildren([name]));
      if (settled?.status === "fulfilled") return settled.value;
      throw settled?.reason;
    };
    return {
      realPath: () => call(`realPath ${path}`, () => directory.realPath()),
      readNames: () => call(`readDirectory ${path}`, () => directory.readNames()),
      lstatChildren: (names) => Promise.allSettled(names.map(lstatChild)),
      readLink: (name) => call(`readLink ${path}/${name}`, () => directory.readLink(name)),
      sync: () => call(`syncDirectory ${path}`, () => directory.sync()),
      close: async () => {
        openFiles -= 1;
        await directory.close();
      },
    };
  }

  return {
    calls,
    get openFiles() {
      return openFiles;
    },
    disk: {
      platform: disk.platform,
      lstat: (path) => call(`lstat ${path}`, () => disk.lstat(path)),
      lstatEach: (paths) => Promise.allSettled(paths.map((path) => call(`lstat ${path}`, () => disk.lstat(path)))),
      lstatExactly: (path) => call(`lstat ${path}`, () => disk.lstatExactly(path)),
      lstatEachExactly: (paths) =>
        Promise.allSettled(paths.map((path) => call(`lstat ${path}`, () => disk.lstatExactly(path)))),
      statDirectory: (path) => call(`statDirectory ${path}`, () => disk.statDirectory(path)),
      realPath: (path) => disk.realPath(path),
      readLatin1Names: (path) => call(`readDirectory ${path}`, () => disk.readLatin1Names(path)),
      readLink: (path) => call(`readLink ${path}`, () => disk.readLink(path)),
      makeLink: (path, target, options) => call(`makeLink ${path}`, () => disk.makeLink(path, target, options)),
      setLinkModifiedAt: (path, at, options) =>
        call(`setLinkModifiedAt ${path}`, () => disk.setLinkModifiedAt(path, at, options)),
      link: (from, to) => call(`link ${from} ${to}`, () => disk.link(from, to)),
      readDirectory: (path) => call(`readDirectory ${path}`, () => disk.readDirectory(path)),
      openDirectory: (path, options) =>
        call(`openDirectory ${path}`, () => openedDirectory(path, () => disk.openDirectory(path, options))),
      openFile: (path) => call(`openFile ${path}`, () => opened(path, () => disk.openFile(path))),
      createFile: (path, options) =>
        call(`createFile ${path}`, () => opened(path, () => disk.createFile(path, options))),
      makeDirectory: (path, options) => call(`makeDirectory ${path}`, () => disk.makeDirectory(path, options)),
      rename: (from, to, options) => call(`rename ${from} ${to}`, () => disk.rename(from, to, options)),
      whyNotMovable: (path, full) => call(`whyNotMovable ${path}`, () => disk.whyNotMovable(path, full)),
      removeFile: (path, options) => call(`removeFile ${path}`, () => disk.removeFile(path, options)),
      removeDirectory: (path, options) => call(`removeDirectory ${path}`, () => disk.removeDirectory(path, options)),
      setOwner: (path, owner, options) => call(`setOwner ${path}`, () => disk.setOwner(path, owner, options)),
      setMode: (path, mode, options) => call(`setMode ${path}`, () => disk.setMode(path, mode, options)),
      setModifiedAt: (path, at, options) => call(`setModifiedAt ${path}`, () => disk.setModifiedAt(path, at, options)),
      syncDirectory: (path) => call(`syncDirectory ${path}`, () => disk.syncDirectory(path)),
      prefersFileSystemSync: (path, files) =>
        call(`prefersFileSystemSync ${path}`, () => disk.prefersFileSystemSync(path, files)),
      syncFileSystem: (path) => call(`syncFileSystem ${path}`, () => disk.syncFileSystem(path)),
      freeSpace: (path) => call(`freeSpace ${path}`, () => disk.freeSpace(path)),
    },
  };
}
