import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backUpPocketBase } from "./back-up-pocketbase.ts";

// Backs up a PocketBase: npm start -- pb_data directory-for-backups. Without these, a stand-in of what lies in a pb_data.
const [dataDir, directory] = process.argv.slice(2);
if (dataDir === undefined || directory === undefined) await backUpStandIn();
else await backUp(dataDir, directory);

async function backUp(dataDir: string, directory: string): Promise<void> {
  const { key, size, entries, warnings } = await backUpPocketBase({ dataDir, directory, keep: 7 });
  console.log(`${key}: ${entries} entries, ${size} bytes, verified`);
  for (const { name, reason } of warnings) console.warn(`${name}: ${reason}`);
}

async function backUpStandIn(): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), "stowage-pocketbase-"));
  try {
    const dataDir = join(place, "pb_data");
    await mkdir(join(dataDir, "storage"), { recursive: true });
    for (const name of ["data.db", "auxiliary.db", "storage/upload.txt"]) await writeFile(join(dataDir, name), name);
    const directory = join(dataDir, "backups");
    for (let round = 1; round <= 8; round += 1) await backUp(dataDir, directory);
    assert.equal((await readdir(directory)).filter((name) => name.endsWith(".zip")).length, 7);
  } finally {
    await rm(place, { recursive: true });
  }
}
