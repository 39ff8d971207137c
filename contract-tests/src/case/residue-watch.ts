import { readdir } from "node:fs/promises";
import type { CaseContext } from "./case-context.ts";

/** Tells what was left behind since it was made. */
export type ResidueWatch = () => Promise<readonly string[]>;

/**
 * Watches for what failed writes leave behind: by the harness, or in the directory of a driver that keeps its objects as files,
 * where whatever is no object and came since counts. Objects that are written meanwhile have to be deleted before it is asked.
 */
export async function watchResidue({ filesystem, namespace }: CaseContext): Promise<ResidueWatch> {
  const { residue } = namespace;
  if (residue) return () => residue.call(namespace);
  const before = new Set(await filesIn(filesystem.directory));
  return async () => (await filesIn(filesystem.directory)).filter((name) => !before.has(name));
}

async function filesIn(directory: string | undefined): Promise<string[]> {
  if (directory === undefined) return [];
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []); // not there yet, or just gone
  return entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => `${parentPath}/${name}`);
}
