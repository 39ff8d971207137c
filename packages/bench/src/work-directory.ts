import { mkdtemp, rm, statfs } from "node:fs/promises";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY_DISK = "/dev/shm";
/** What `statfs` says of a tmpfs (Linux, magic.h). */
const TMPFS = 0x01021994;

export interface WorkDirectory {
  readonly path: string;
  /** Whether files lie in memory: creating and syncing them costs no disk. */
  readonly isMemory: boolean;
}

/**
 * Runs `action` with a directory of its own, and removes it: below `parent` if that is given, else in the memory disk if it has
 * room for `size` bytes and that is at most half of the free memory, else with the temporary files. On a disk, deletes and
 * write-back of earlier runs are timed too.
 */
export async function withWorkDirectory<T>(
  { parent, size }: { parent: string | undefined; size: number },
  action: (work: WorkDirectory) => Promise<T>,
): Promise<T> {
  const place = parent ?? ((await hasRoom(size)) ? MEMORY_DISK : tmpdir());
  const path = await mkdtemp(join(place, "stowage-bench-"));
  try {
    return await action({ path, isMemory: await isInMemory(path) });
  } finally {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Whether a directory lies on a memory disk, as far as the system tells. */
export async function isInMemory(path: string): Promise<boolean> {
  return (await statfs(path)).type === TMPFS;
}

async function hasRoom(size: number): Promise<boolean> {
  const room = await statfs(MEMORY_DISK).catch(() => undefined);
  return room?.type === TMPFS && room.bavail * room.bsize > size && freemem() / 2 > size;
}
