import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A killed process loses nothing of what it wrote, on whatever disk: this one is quick. */
export const IN_MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Makes an empty directory that is removed when the test has finished. */
export async function temporaryDirectory(parent: string = tmpdir()): Promise<string> {
  const directory = await mkdtemp(join(parent, "stowage-local-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
