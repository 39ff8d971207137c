import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Files by name; a name that ends in "/" is an empty directory. */
export type Tree<Content = string> = Readonly<Record<string, Content>>;

export async function writeTree(directory: string, tree: Tree<string | Buffer>): Promise<void> {
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
