import type { BigIntStats, Stats } from "node:fs";
import type { LocalDisk, LocalFile } from "@stowage/local";
import type { DiskFile } from "../../src/disk/disk.ts";
import type { ModelledDisk } from "../restore/modelled-disk.ts";

/** The local driver's way to a modelled disk. */
export function modelledLocalDisk(disk: ModelledDisk): LocalDisk {
  const lstat = async (path: string) => inBigInts(await disk.lstat(path));
  return {
    makeDirectory: (path) => disk.makeDirectory(path),
    openDirectory: async (path) => {
      await disk.lstat(path);
      return { ...NOT_A_FILE, sync: () => disk.syncDirectory(path) };
    },
    statDirectory: lstat,
    readDirectory: async (path) => (await disk.readDirectory(path)).map((name) => name.toString("latin1")),
    lstat,
    lstatEach: (paths) => Promise.all(paths.map(lstat)),
    openFile: async (path) => fileOf(await disk.openFile(path)),
    createFile: async (path) => fileOf(await disk.createFile(path)),
    rename: (from, to) => disk.rename(from, to),
    link: (from, to) => disk.link(from, to),
    removeFile: (path) => disk.removeFile(path),
  };
}

const refuse = () => Promise.reject(new Error("a directory is neither read nor written"));

const NOT_A_FILE: Omit<LocalFile, "sync"> = {
  stat: refuse,
  read: refuse,
  write: refuse,
  touchEmpty: refuse,
  close: async () => {},
};

function fileOf(file: DiskFile): LocalFile {
  return {
    stat: async () => inBigInts(await file.stat()),
    read: async (buffer, position) => file.read(buffer, position),
    write: async (bytes) => file.write(bytes),
    touchEmpty: async () => {},
    sync: async () => file.sync(),
    close: async () => file.close(),
  };
}

function inBigInts(stats: Stats): BigIntStats {
  const { dev, ino, size, mtimeMs, mtime } = stats;
  const numbers = {
    dev: BigInt(dev),
    ino: BigInt(ino),
    size: BigInt(size),
    mtimeMs: BigInt(mtimeMs),
    mtimeNs: 0n,
    mtime,
  };
  const kinds = { isFile: () => stats.isFile(), isDirectory: () => stats.isDirectory() };
  return { ...numbers, ...kinds } as unknown as BigIntStats;
}
