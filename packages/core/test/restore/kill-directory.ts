import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "@stowage/test-kit/program";

/** A killed process loses nothing of what it wrote, on whatever disk: this one is quick. */
const IN_MEMORY = "/dev/shm";

export interface KillDirectory {
  /** The child process, and a directory of its own for a sweep. */
  for(name: string): { child: string; directory: string };
  remove(): Promise<void>;
}

/** Makes a directory for sweeps, with the child process that they kill. */
export async function killDirectory(script = "./kill-child.ts"): Promise<KillDirectory> {
  const directory = await mkdtemp(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), "stowage-kill-"));
  const child = await bundle(fileURLToPath(new URL(script, import.meta.url)), directory);
  return {
    for: (name) => ({ child, directory: join(directory, name) }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
