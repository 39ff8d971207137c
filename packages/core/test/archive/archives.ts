import { temporaryDirectory } from "@stowage/test-kit/tree";
import { bufferReader } from "../../src/archive/archive-reader.ts";
import type { WriteOptions } from "../../src/archive/create/archive-writer.ts";
import { type WalkOptions, walkDirectory } from "../../src/archive/create/walk-directory.ts";
import { type WrittenArchive, writeArchive } from "../../src/archive/create/write-archive.ts";
import { extractEntries } from "../../src/archive/extract/extract-entries.ts";
import { checkLocalHeaders } from "../../src/archive/judge/check-local-headers.ts";
import { type ArchiveRules, type JudgedArchive, judgeArchive } from "../../src/archive/judge/judge-archive.ts";
import { excluding } from "../../src/archive/left-out/exclusions.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { imageOf } from "../restore/image-tree.ts";
import { ModelledDisk } from "../restore/modelled-disk.ts";

export const noSignal: AbortSignal = new AbortController().signal;

export const rules: ArchiveRules = {
  limits: { maxEntries: 200_000, maxTotalSize: 2 ** 40, maxFileSize: 2 ** 40 },
  isExcluded: excluding([]),
  requiredFiles: [],
  signal: noSignal,
};

export interface Written {
  readonly bytes: Buffer;
  readonly archive: WrittenArchive;
}

/** Writes the archive of a directory into memory. */
export async function archiveOf(
  root: string,
  options: Partial<WriteOptions & WalkOptions> & { exclude?: string[] } = {},
): Promise<Written> {
  const all = { disk: nodeDisk, signal: noSignal, onUnreadable: "fail" as const, ...options };
  const walk = await walkDirectory(root, { ...all, isExcluded: excluding(options.exclude ?? []) });
  const archive = writeArchive(walk, all);
  return { bytes: await bytesOf(archive.content), archive };
}

export async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function judged(bytes: Uint8Array, changes: Partial<ArchiveRules> = {}): Promise<JudgedArchive> {
  return judgeArchive(bufferReader(bytes), { ...rules, ...changes });
}

/** Judges an archive, and the local headers of all that it holds. */
export async function judgedWithHeaders(bytes: Uint8Array, changes: Partial<ArchiveRules> = {}): Promise<void> {
  const { entries, leftOut } = await judged(bytes, changes);
  for (const some of [entries, leftOut]) await checkLocalHeaders(bufferReader(bytes), some, { signal: noSignal });
}

/** Judges and reads an archive, and returns the contents of its files. */
export async function contentsOf(bytes: Uint8Array): Promise<Map<string, Buffer>> {
  const { entries } = await judged(bytes);
  const disk = new ModelledDisk(imageOf("/tree", {}));
  await extractEntries(bufferReader(bytes), entries, { directory: "/tree", disk, signal: noSignal, durable: false });
  const { files } = disk.model.live;
  return new Map(
    entries.flatMap(({ name, type }) => {
      const content = type === "file" ? files.get(disk.inodeOf(`/tree/${name}`)) : undefined;
      return content ? [[name, content] as const] : [];
    }),
  );
}

/** Judges and extracts an archive into a new directory, and returns that directory. */
export async function extracted(bytes: Uint8Array, changes: Partial<ArchiveRules> = {}): Promise<string> {
  const { entries } = await judged(bytes, changes);
  const directory = await temporaryDirectory();
  const options = { directory, disk: nodeDisk, signal: noSignal, durable: false };
  await extractEntries(bufferReader(bytes), entries, options);
  return directory;
}
