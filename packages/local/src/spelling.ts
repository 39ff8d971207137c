import { basename, dirname } from "node:path";
import { errnoOf, platformOf, StowageError } from "@stowage/core/driver";
import { keyOfName } from "./list/sorted-names.ts";
import type { LocalDisk } from "./local-disk.ts";

type SpellingDisk = Pick<LocalDisk, "platform" | "readLatin1Names" | "realPath">;

/** Throws `INVALID_KEY` for a key that the system has no file name for, such as "a:b" on Windows, where it is a stream of "a". */
export function assertFileName(disk: Pick<LocalDisk, "platform">, key: string): void {
  const problem = platformOf(disk).nameProblem(key);
  if (problem === undefined) return;
  throw new StowageError("INVALID_KEY", `no file of this system can be called as the key: ${problem}`);
}

/** What is being published in this process, by names as a file system may fold them. */
const publishing = new Map<string, Promise<void>>();

/**
 * Gives a file its name, unless the file system takes that of another object for it, which would be replaced (`INVALID_KEY`). Of two
 * such writes in one process the second one looks after the first one is done.
 */
export async function publishUnlikeOthers(
  disk: SpellingDisk,
  path: string,
  publish: () => Promise<void>,
): Promise<void> {
  if (!platformOf(disk).hasAliases) return publish();
  const folded = foldedKey(path);
  const before = publishing.get(folded);
  const own = (async () => {
    await before?.catch(() => {});
    await assertNoTwin(disk, path);
    await publish();
  })();
  publishing.set(folded, own);
  try {
    await own;
  } finally {
    if (publishing.get(folded) === own) publishing.delete(folded);
  }
}

async function assertNoTwin(disk: SpellingDisk, path: string): Promise<void> {
  const name = await nameOnDisk(disk, path);
  if (name === undefined || name === basename(path)) return;
  const message = `the file system takes the key for that of another object, ${JSON.stringify(name)}; nothing was stored`;
  throw new StowageError("INVALID_KEY", message);
}

/** Throws `NOT_FOUND` if what lies at a path has another name, which the file system takes for this one. */
export async function assertSpelled(disk: SpellingDisk, path: string): Promise<void> {
  const name = await nameOnDisk(disk, path);
  if (name === undefined || name === basename(path)) return;
  throw new StowageError("NOT_FOUND", `only ${JSON.stringify(name)} lies there`);
}

/** Nothing where names mean what they say, and where none is taken. */
async function nameOnDisk(disk: SpellingDisk, path: string): Promise<string | undefined> {
  if (!platformOf(disk).hasAliases) return undefined;
  const name = await disk.realPath(path).then(basename, (error: unknown) => error);
  if (typeof name === "string") return name;
  return errnoOf(name) === "ENOENT" ? undefined : listedName(disk, path); // a path may be too long to be told
}

/** The name in its directory: the very one, or that which it is taken for. */
async function listedName(disk: SpellingDisk, path: string): Promise<string | undefined> {
  const names = (await disk.readLatin1Names(dirname(path))).map(keyOfName);
  const folded = foldedKey(basename(path));
  return names.find((name) => name === basename(path)) ?? names.find((name) => foldedKey(name) === folded);
}

function foldedKey(key: string): string {
  return key.normalize("NFC").toUpperCase();
}
