import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { treeDifference } from "../archive/check-tree.ts";
import { type DatasetName, type DatasetSizes, datasetTitle } from "../datasets/dataset.ts";
import type { CompareControl, Comparison } from "./compare-jobs.ts";
import { AFAR, listedKey } from "./job.ts";
import { makeArchive } from "./make-archive.ts";
import type { StorageOptions } from "./storage-options.ts";

const FAST = { listed: 0, firstByteMs: 0 };

/** Makes so many empty backups on a disk. */
export async function listLocalComparison(backups: number, { work, signal }: CompareControl): Promise<Comparison> {
  const directory = join(work, "listed");
  await mkdir(directory);
  for (let index = 0; index < backups; index++) {
    signal.throwIfAborted();
    await writeFile(join(directory, listedKey(index)), "");
  }
  return {
    title: `list of ${backups} local backups`,
    contenders: [
      { title: "Stowage", job: "list-local" },
      { title: "readdir and Promise.all(stat)", job: "stat-local" },
    ],
    amounts: [backups, backups],
    directory,
  };
}

export function listS3Comparison(backups: number): Comparison {
  return {
    title: `list of ${backups} backups on S3`,
    contenders: [
      { title: "Stowage", job: "list-s3" },
      { title: "paginateListObjectsV2", job: "paginate-s3" },
    ],
    server: { ...FAST, listed: backups },
    amounts: [backups, backups],
  };
}

/** Makes an archive of so many files and their directories. */
export async function entriesComparison(
  { entries, seed }: StorageOptions,
  control: CompareControl,
): Promise<Comparison> {
  const sizes = { files: entries, seed, scale: 1, size: 1 };
  const { archive, dataset } = await makeArchive("d2", sizes, control);
  await rm(dataset.directory, { recursive: true });
  const directories = new Set(dataset.manifest.flatMap(({ name }) => parentsOf(name)));
  return {
    title: `entries of an archive of ${entries} files on S3`,
    contenders: [{ title: "Stowage", job: "entries-s3" }],
    server: { ...FAST, archive },
    amounts: [entries + directories.size],
  };
}

/** A store far away. What came is compared with the dataset. */
export async function restoreComparison(
  name: DatasetName,
  sizes: DatasetSizes,
  control: CompareControl,
): Promise<{ comparison: Comparison; archiveSize: number }> {
  const { archive, dataset } = await makeArchive(name, sizes, control);
  const { size: archiveSize } = await stat(archive);
  const comparison: Comparison = {
    title: `restore from afar, ${datasetTitle(name, sizes)}`,
    contenders: [
      { title: "Stowage", job: "restore-s3" },
      { title: "one GetObject, nothing restored", job: "get-s3" },
    ],
    server: { ...AFAR, listed: 0, archive },
    amounts: [dataset.size, archiveSize],
    check: async ({ job }, { directory }) => {
      if (job !== "restore-s3") return undefined;
      return treeDifference(directory, dataset.manifest, { keepsModes: true, signal: control.signal });
    },
  };
  return { comparison, archiveSize };
}

function parentsOf(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
