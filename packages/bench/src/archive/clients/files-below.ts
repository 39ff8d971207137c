import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** Lists the files below a directory as those libraries need them that walk no directories themselves. */
export async function filesBelow(directory: string): Promise<{ path: string; name: string }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path, name: relative(directory, path).split(sep).join("/") };
    });
}
