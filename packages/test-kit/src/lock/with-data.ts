import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs `work` on a data directory with one file, which is removed behind it. */
export async function withData<T>(content: string | Buffer, work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-lock-"));
  try {
    await writeFile(join(dataDir, "data.db"), content);
    return await work(dataDir);
  } finally {
    await rm(dataDir, { recursive: true });
  }
}
