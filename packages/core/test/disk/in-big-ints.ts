import type { BigIntStats, Stats } from "node:fs";

/** What a modelled disk says of a file, as `lstat` to the nanosecond would. */
export function inBigInts(stats: Stats): BigIntStats {
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
