import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, onTestFinished } from "vitest";

/** A directory as data: a name ends in "/" for a directory. */
export type Tree = Record<string, string | Buffer>;

export interface Found {
  readonly content: string | undefined;
  readonly mode: number;
  /** Seconds. */
  readonly modifiedAt: number;
}

/** Makes an empty directory that is removed after the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(await realpath(tmpdir()), "stowage-archive-"));
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
    const directory = await mkdtemp(join(await realpath(tmpdir()), "stowage-archive-"));
    made.push(directory);
    return directory;
  };
}

/** Makes a directory with these files, each with its own mode and time. */
export async function directoryOf(tree: Tree): Promise<string> {
  const root = await temporaryDirectory();
  const names = Object.keys(tree);
  for (const name of names) {
    const path = join(root, name);
    await mkdir(name.endsWith("/") ? path : dirname(path), { recursive: true });
    if (!name.endsWith("/")) await writeFile(path, tree[name] ?? "");
  }
  for (const [index, name] of names.reverse().entries()) {
    const path = join(root, name);
    await chmod(path, name.endsWith("/") ? 0o750 : 0o640);
    await utimes(path, 1_600_000_000 + index * 1001, 1_600_000_000 + index * 1001);
  }
  return root;
}

/** Reads everything below a directory: content as latin1, so that a difference can be printed. */
export async function contentOf(root: string): Promise<Record<string, Found>> {
  const found: Record<string, Found> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const stats = await lstat(path);
    const name = path.slice(root.length + 1) + (stats.isDirectory() ? "/" : "");
    found[name] = {
      content: stats.isFile() ? (await readFile(path)).toString("latin1") : undefined,
      mode: stats.mode & 0o7777,
      modifiedAt: Math.floor(stats.mtimeMs / 1000),
    };
  }
  return found;
}

/** The contents alone, for archives that carry no modes or times of ours. */
export async function filesOf(root: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [name, { content }] of Object.entries(await contentOf(root)))
    if (content !== undefined) files[name] = content;
  return files;
}
