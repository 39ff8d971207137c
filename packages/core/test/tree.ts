import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** Files by name; a name that ends in "/" is an empty directory. */
export type Tree = Readonly<Record<string, string>>;

/** A directory of its own for one test, removed after it. There is no link on the way to it. */
export async function scratchDirectory(): Promise<string> {
  const directory = await mkdtemp(join(await realpath(tmpdir()), "stowage-core-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export async function writeTree(directory: string, tree: Tree): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(tree)) {
    const path = join(directory, name);
    await mkdir(name.endsWith("/") ? path : dirname(path), { recursive: true });
    if (!name.endsWith("/")) await writeFile(path, content);
  }
}

/** What lies in a directory: files with their content, and empty directories. */
export async function readTree(directory: string, below = ""): Promise<Tree> {
  const tree: Record<string, string> = {};
  for (const name of (await readdir(join(directory, below))).sort()) {
    const path = below === "" ? name : `${below}/${name}`;
    if (!(await lstat(join(directory, path))).isDirectory()) tree[path] = await readFile(join(directory, path), "utf8");
    else Object.assign(tree, await subtree(directory, path));
  }
  return tree;
}

async function subtree(directory: string, path: string): Promise<Tree> {
  const tree = await readTree(directory, path);
  return Object.keys(tree).length > 0 ? tree : { [`${path}/`]: "" };
}
