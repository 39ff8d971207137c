import type { Tree } from "@stowage/test-kit/tree";
import { type DiskImage, emptyImage, ROOT } from "./disk-model.ts";

/** A disk on which a tree lies durably at a path. */
export function imageOf(path: string, tree: Tree | undefined): DiskImage {
  const image = emptyImage();
  const place = (full: string, content: string | undefined) => {
    const parts = partsOf(full);
    let inode = ROOT;
    parts.forEach((name, index) => {
      const names = image.directories.get(inode) ?? new Map<string, number>();
      const isFile = content !== undefined && index === parts.length - 1;
      inode = names.get(name) ?? image.nextInode++;
      names.set(name, inode);
      if (isFile) image.files.set(inode, Buffer.from(content));
      else if (!image.directories.has(inode)) image.directories.set(inode, new Map());
    });
  };
  if (tree) place(path, undefined);
  for (const [name, content] of Object.entries(tree ?? {})) {
    place(`${path}/${name}`, name.endsWith("/") ? undefined : content);
  }
  return image;
}

/** What lies at a path of a disk; undefined if it is missing. */
export function treeAt(image: DiskImage, path: string): Record<string, string> | undefined {
  let inode: number | undefined = ROOT;
  for (const name of partsOf(path)) inode = inode === undefined ? inode : image.directories.get(inode)?.get(name);
  return inode === undefined || !image.directories.has(inode) ? undefined : treeBelow(image, inode, "");
}

function treeBelow(image: DiskImage, inode: number, below: string): Record<string, string> {
  const tree: Record<string, string> = {};
  for (const [name, child] of image.directories.get(inode) ?? []) {
    if (!image.directories.has(child)) tree[below + name] = String(image.files.get(child));
    else {
      const inner = treeBelow(image, child, `${below}${name}/`);
      Object.assign(tree, Object.keys(inner).length > 0 ? inner : { [`${below}${name}/`]: "" });
    }
  }
  return tree;
}

/** The names that a path consists of. */
export function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}
