import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";

/** A killed process loses nothing of what it wrote, on whatever disk: this one is quick. */
export const IN_MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** Makes an empty directory for one test, removed after it. There is no link on the way to it. */
export async function temporaryDirectory(parent: string = tmpdir()): Promise<string> {
  const directory = await emptyDirectory(parent);
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Called in a group of tests: returns a maker of empty directories, which are removed after the group. */
export function groupDirectories(): () => Promise<string> {
  const made: string[] = [];
  afterAll(async () => {
    for (const directory of made) await rm(directory, { recursive: true, force: true });
  });
  return async () => {
    const directory = await emptyDirectory(tmpdir());
    made.push(directory);
    return directory;
  };
}

async function emptyDirectory(parent: string): Promise<string> {
  return mkdtemp(join(await realpath(parent), "stowage-test-"));
}
