import { chmod, lstat, readdir, readFile, utimes } from "node:fs/promises";
import { join } from "node:path";
import { type Tree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";

export interface Found {
  readonly content: string | undefined;
  readonly mode: number;
  /** Seconds. */
  readonly modifiedAt: number;
}

/** Makes these files in a directory, by default a new one of the test's, each with its own mode and time. */
export async function directoryOf(tree: Tree<string | Buffer>, directory?: string): Promise<string> {
  const root = directory ?? (await temporaryDirectory());
  await writeTree(root, tree);
  for (const [index, name] of Object.keys(tree).reverse().entries()) {
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
