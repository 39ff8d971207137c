import { mkdir } from "node:fs/promises";
import { writeAppData } from "./app-data.ts";
import { writeIncompressible } from "./incompressible.ts";
import { type Manifest, totalSize } from "./manifest.ts";
import { writeSmallFiles } from "./small-files.ts";
import { TreeWriter } from "./tree-writer.ts";

export const DATASET_NAMES = ["d1", "d2", "d3"] as const;
export type DatasetName = (typeof DATASET_NAMES)[number];

/** How large the datasets are. */
export interface DatasetSizes {
  /** Of D1: 1 is 286 MB in 1,511 files. */
  readonly scale: number;
  /** Of D2. */
  readonly files: number;
  /** Bytes of D3. */
  readonly size: number;
  readonly seed: number;
}

/** Files on disk, and what must come back of them. */
export interface Dataset {
  readonly name: DatasetName;
  readonly title: string;
  readonly directory: string;
  readonly manifest: Manifest;
  /** Bytes. */
  readonly size: number;
}

/** Makes the directory and fills it. The same sizes and seed give the same files everywhere. */
export async function makeDataset(
  name: DatasetName,
  { directory, sizes, signal }: { directory: string; sizes: DatasetSizes; signal: AbortSignal },
): Promise<Dataset> {
  const writer = new TreeWriter(directory, signal);
  await mkdir(directory, { recursive: true });
  await WRITERS[name](writer, sizes);
  const { manifest } = writer;
  return { name, title: datasetTitle(name, sizes), directory, manifest, size: totalSize(manifest) };
}

export function datasetTitle(name: DatasetName, { scale, files, size }: DatasetSizes): string {
  if (name === "d1") return `D1: an application's data, scale ${scale}`;
  if (name === "d2") return `D2: ${files} files of 1–4 KB`;
  return `D3: ${size / 1e6} MB that do not compress`;
}

/** Returns about how many bytes a dataset will have. */
export function expectedSize(name: DatasetName, { scale, files, size }: DatasetSizes): number {
  if (name === "d1") return scale * 310e6;
  return name === "d2" ? files * 4_096 : size;
}

const WRITERS: Readonly<Record<DatasetName, (writer: TreeWriter, sizes: DatasetSizes) => Promise<void>>> = {
  d1: (writer, { scale, seed }) => writeAppData(writer, scale, seed),
  d2: (writer, { files, seed }) => writeSmallFiles(writer, files, seed),
  d3: (writer, { size, seed }) => writeIncompressible(writer, size, seed),
};
