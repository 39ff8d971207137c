import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory of its own for one test; `after` is told what removes it. */
export async function scratchDirectory(after: (remove: () => Promise<void>) => void): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "stowage-http-"));
  after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
