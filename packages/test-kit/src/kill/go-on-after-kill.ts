import { SeededRandom } from "../seeded-random.ts";
import { writeTree } from "../tree/tree.ts";
import type { BackupsToKill } from "./backups-to-kill.ts";

/** What a manager under test is made with. Long enough that no renewal comes between, and that nobody waits for it. */
export const KILL_LOCK_TTL_MS = 600_000;

/** The archive that was there before the kill. */
export const OLDER = "older.zip";
/** The archive whose create is killed. */
export const KILLED = "killed.zip";
const NEXT = "next.zip";
const ENTRIES = ["data.db", "uploads/", "uploads/picture"];
const SEED = 20_264;

/** Makes the data directory that is backed up: so many bytes that do not compress, and a few that do. */
export async function writeDataToKill(dataDir: string, size: number): Promise<void> {
  const picture = new SeededRandom(SEED).bytes(size);
  await writeTree(dataDir, { "data.db": "a database\n".repeat(100), "uploads/picture": picture });
}

/**
 * Checks all that is there after a kill, and creates; `inspect` runs before that. Returns whether the archive of the killed
 * create is listed. Throws unless every archive that is listed is complete.
 */
export async function goOnAfterKill(manager: BackupsToKill, inspect = async () => {}): Promise<boolean> {
  const keys = await verifiedKeys(manager);
  const isListed = keys.includes(KILLED);
  if (!isSame(keys, isListed ? [KILLED, OLDER] : [OLDER])) throw new Error(`listed: ${keys}`);
  await inspect();
  await manager.create({ name: isListed ? NEXT : KILLED }); // would wait for ten minutes if the dead holder were believed
  const after = await verifiedKeys(manager);
  if (!isSame(after, isListed ? [KILLED, NEXT, OLDER] : [KILLED, OLDER])) throw new Error(`then listed: ${after}`);
  return isListed;
}

async function verifiedKeys(manager: BackupsToKill): Promise<string[]> {
  const keys = (await manager.list()).map(({ key }) => key).sort();
  for (const key of keys) {
    await manager.verify(key);
    const names = (await manager.entries(key)).map(({ name }) => name).sort();
    if (!isSame(names, ENTRIES)) throw new Error(`${key} holds ${names}`);
  }
  return keys;
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
