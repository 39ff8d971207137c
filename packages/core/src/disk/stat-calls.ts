import { type BigIntStats, fstatSync, lstatSync, Stats } from "node:fs";
import { type FileHandle, lstat } from "node:fs/promises";
import type { DiskPath } from "./disk.ts";
import type { Platform } from "./platform.ts";

/** The ways to describe a file. */
export interface StatCalls {
  now(path: DiskPath): Stats;
  later(path: DiskPath): Promise<Stats>;
  ofHandle(handle: FileHandle): Promise<Stats>;
  ofDescriptor(descriptor: number): Stats;
}

const AS_TOLD: StatCalls = {
  now: (path) => lstatSync(path),
  later: (path) => lstat(path),
  ofHandle: (handle) => handle.stat(),
  ofDescriptor: (descriptor) => fstatSync(descriptor),
};

const exactly = { bigint: true } as const;

const TRANSLATED: StatCalls = {
  now: (path) => translated(lstatSync(path, exactly)),
  later: async (path) => translated(await lstat(path, exactly)),
  ofHandle: async (handle) => translated(await handle.stat(exactly)),
  ofDescriptor: (descriptor) => translated(fstatSync(descriptor, exactly)),
};

/** Where modes mean nothing, those that Node makes up are replaced, and numbers of files fit into 53 bits: see {@link translated}. */
export function statCallsOn({ hasModes }: Pick<Platform, "hasModes">): StatCalls {
  return hasModes ? AS_TOLD : TRANSLATED;
}

/**
 * What Node says of a file of Windows, in terms that hold elsewhere: a directory of mode 0666, as Node has it, would be restored as
 * one that nobody can enter; a number of NTFS has 16 bits of a sequence above 48 of an index, of which at most 32 are used; some
 * calls tell 32 bits of the number of a volume, and others all 64.
 */
export function translated(stats: BigIntStats): Stats {
  const numbers = Object.entries(stats).filter(([, value]) => typeof value === "bigint");
  const { dev, ino, mode, mtime, ctime, atime, birthtime, mtimeNs, ctimeNs, atimeNs, birthtimeNs } = stats;
  const properties = {
    ...Object.fromEntries(numbers.map(([name, value]) => [name, Number(value)])),
    ...{ dev: Number(BigInt.asUintN(32, dev)), ino: fileNumber(ino), mode: modeOf(Number(mode)) },
    ...{ mtimeMs: msOf(mtimeNs), ctimeMs: msOf(ctimeNs), atimeMs: msOf(atimeNs), birthtimeMs: msOf(birthtimeNs) },
    ...{ mtime, ctime, atime, birthtime },
  };
  const described = Object.entries(properties).map(([name, value]) => [name, { value, enumerable: true }]);
  return Object.create(Stats.prototype, Object.fromEntries(described)) as Stats;
}

/** A number below zero for one that a JavaScript number cannot hold; rounded only where it has no form of NTFS. */
function fileNumber(ino: bigint): number {
  const sequence = ino >> 48n;
  const index = BigInt.asUintN(48, ino);
  if (ino <= BigInt(Number.MAX_SAFE_INTEGER) || index >> 32n !== 0n) return Number(ino);
  return -Number((sequence << 32n) | index);
}

function modeOf(mode: number): number {
  const type = mode & 0o170000;
  if (type === 0o040000) return type | 0o755;
  return type | (mode & 0o200 ? 0o644 : 0o444);
}

function msOf(ns: bigint): number {
  return Number(ns) / 1e6;
}
