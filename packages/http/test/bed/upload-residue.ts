import { readdir, readlink } from "node:fs/promises";
import { readTree } from "@stowage/test-kit/tree";
import { DATA } from "./bed.ts";

/**
 * What uploads left behind: files in the data directory, files that are deleted but open (Linux shows them), and
 * whatever lies in the directory of the backups, if there is one.
 */
export async function uploadResidue(bed: { dataDir: string; directory: string }, backups?: string): Promise<string[]> {
  const data = Object.keys(await readTree(bed.dataDir)).filter((name) => !(name in DATA));
  const folders = (await readdir(bed.dataDir)).filter((name) => name.startsWith("."));
  const stored =
    backups === undefined ? [] : (await readdir(backups)).filter((name) => !name.startsWith(".stowage-lock."));
  return [...data, ...folders, ...(await openDeletedFiles(bed.directory)), ...stored];
}

async function openDeletedFiles(directory: string): Promise<string[]> {
  const descriptors = await readdir("/proc/self/fd").catch(() => []);
  const targets = await Promise.all(descriptors.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "")));
  return targets.filter((target) => target.startsWith(directory) && target.endsWith(" (deleted)"));
}
