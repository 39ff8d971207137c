import { createHash } from "node:crypto";

/** One file of a dataset. */
export interface FileRecord {
  /** Relative to the dataset, with "/" between its parts. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly mode: number;
  readonly crc32: number;
}

export type Manifest = readonly FileRecord[];

export function totalSize(manifest: Manifest): number {
  return manifest.reduce((total, { size }) => total + size, 0);
}

/** A SHA-256 over names, sizes, modes and CRCs, whatever their order. */
export function digestOf(manifest: Manifest): string {
  const lines = manifest.map(({ name, size, mode, crc32 }) => `${name}\0${size}\0${mode}\0${crc32}\n`).sort();
  return createHash("sha256").update(lines.join("")).digest("hex");
}

/** Says how a tree or an archive differs from what it should be: the first difference, or nothing. */
export function differenceOf(
  expected: Manifest,
  actual: Manifest,
  isEqual: (expected: FileRecord, actual: FileRecord) => boolean,
): string | undefined {
  const found = new Map(actual.map((file) => [file.name, file]));
  for (const file of expected) {
    const other = found.get(file.name);
    if (!other) return `${file.name} is missing`;
    if (!isEqual(file, other)) return `${file.name} is different: ${describe(other)} instead of ${describe(file)}`;
    found.delete(file.name);
  }
  const [extra] = found.keys();
  return extra === undefined ? undefined : `${extra} is not of the dataset, or is there twice`;
}

function describe({ size, mode, crc32 }: FileRecord): string {
  return `${size} bytes, mode ${mode.toString(8)}, CRC ${crc32.toString(16)}`;
}
