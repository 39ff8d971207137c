import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";

/**
 * Says whether a backup lies under the key, before any content is read. Where the write itself is create-only, a storage that cannot tell at the moment, such as a
 * mirror of which one side is down, is no reason to stop.
 */
export async function isTaken(filesystem: Filesystem, key: string, signal: AbortSignal): Promise<boolean> {
  try {
    return await filesystem.exists(key, { signal });
  } catch (error) {
    const isPassing = error instanceof StowageError && error.retryable;
    if (isPassing && filesystem.capabilities.conditionalCreate) return false;
    throw error;
  }
}
