import type { BackupManager } from "@stowage/core";
import { ApiError } from "../api-error.ts";
import { MESSAGES } from "../documented-messages.ts";

/** What takes all processors for as long as it reads an archive. */
const reading = new WeakSet<BackupManager>();

/** Runs what reads a whole archive of a manager, one at a time: 400 meanwhile. */
export async function oneAtATime<T>(manager: BackupManager, action: () => Promise<T>): Promise<T> {
  if (reading.has(manager)) throw new ApiError(400, MESSAGES.busy);
  reading.add(manager);
  try {
    return await action();
  } finally {
    reading.delete(manager);
  }
}
