import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "./errno-of.ts";

/**
 * Makes a directory with its missing parents, mode 0700. Returns the outermost that was made. Rejects with the errno of mkdir(2):
 * Node tells ENOENT of a read-only file system when it makes parents too.
 */
export async function makeDirectories(path: string): Promise<string | undefined> {
  try {
    return await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    throw await reasonFor(path, error);
  }
}

/** Asks for the innermost directory whose parent is there. */
async function reasonFor(path: string, error: unknown): Promise<unknown> {
  const told = await mkdir(path, { mode: 0o700 }).catch((reason: unknown) => reason);
  const parent = dirname(path);
  if (errnoOf(told) === "ENOENT" && parent !== path) return reasonFor(parent, error);
  return told ?? error;
}
