import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { READ_FLAGS } from "./open-flags.ts";
import type { Platform } from "./platform.ts";

/** Another file may take the name between the look and the opening. */
const ATTEMPTS = 3;
const exactly = { bigint: true } as const;

/** Opens what is there for reading: follows no symlink (`ELOOP`) and waits at no FIFO (`ENXIO` at a socket). */
export async function openUnlinked(path: string, { opensUnlinked }: Platform): Promise<FileHandle> {
  if (opensUnlinked) return open(path, READ_FLAGS);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const seen = assertOpenable(await lstat(path, exactly), path);
    const handle = await open(path, constants.O_RDONLY);
    if (isSame(seen, await handle.stat(exactly))) return handle;
    await handle.close();
  }
  throw linked(path);
}

/** The same at once. Returns the descriptor. */
export function openUnlinkedNow(path: string, { opensUnlinked }: Platform): number {
  if (opensUnlinked) return openSync(path, READ_FLAGS);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const seen = assertOpenable(lstatSync(path, exactly), path);
    const descriptor = openSync(path, constants.O_RDONLY);
    if (isSame(seen, fstatSync(descriptor, exactly))) return descriptor;
    closeSync(descriptor);
  }
  throw linked(path);
}

function assertOpenable(stats: BigIntStats, path: string): BigIntStats {
  if (stats.isSymbolicLink()) throw linked(path);
  if (stats.isFile() || stats.isDirectory()) return stats;
  throw Object.assign(new Error(`ENXIO: no file, open '${path}'`), { code: "ENXIO", syscall: "open", path });
}

/** Some calls of Windows tell 32 bits of the number of a volume, and others all 64. */
function isSame(seen: BigIntStats, opened: BigIntStats): boolean {
  return seen.ino === opened.ino && BigInt.asUintN(32, seen.dev) === BigInt.asUintN(32, opened.dev);
}

function linked(path: string): Error {
  return Object.assign(new Error(`ELOOP: a link, open '${path}'`), { code: "ELOOP", syscall: "open", path });
}
