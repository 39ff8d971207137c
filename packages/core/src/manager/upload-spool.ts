import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { closeQuietly, closingAfter, type Disk, type DiskFile, platformOf } from "../disk/disk.ts";
import { ensureDirectory, isMissing } from "../disk/disk-steps.ts";
import { removeIfEmpty } from "../disk/remove-tree.ts";
import { CheckedContent } from "../filesystem/content/checked-content.ts";
import { type Content, openSource } from "../filesystem/content/source.ts";
import { RESTORE_FOLDER } from "../restore/folder/layout.ts";
import { assertOwnFolder } from "../restore/folder/own-folder.ts";

/** Content that waits on disk to be judged: an archive's directory is at its end, so nothing can be said before all of it is there. */
export interface SpooledUpload extends AsyncDisposable {
  readonly file: DiskFile;
  readonly size: number;
}

/**
 * Copies content into a nameless file of the data directory's volume: the name is removed as soon as
 * the file is open, so that neither a failure nor a kill leaves it behind.
 */
export async function spoolUpload(
  content: Content,
  { disk, dataDir, signal }: { disk: Disk; dataDir: string; signal: AbortSignal },
): Promise<SpooledUpload> {
  const checked = new CheckedContent(openSource(content), { signal, admit: () => {} });
  try {
    const { writer, reader } = await namelessFile(disk, dataDir);
    try {
      await closingAfter(writer, () => writeAll(writer, checked));
    } catch (error) {
      await closeQuietly(reader);
      throw error;
    }
    return { file: reader, size: checked.size, [Symbol.asyncDispose]: () => letGo(reader, { disk, dataDir }) };
  } finally {
    checked.release();
  }
}

/** Where a file stays until it is closed, its folder does, too. */
async function letGo(reader: DiskFile, { disk, dataDir }: { disk: Disk; dataDir: string }): Promise<void> {
  await closeQuietly(reader);
  if (!platformOf(disk).movesDirectoriesInUse) await removeIfEmpty(disk, join(dataDir, RESTORE_FOLDER)).catch(() => {});
}

async function writeAll(writer: DiskFile, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) await writer.write(chunk);
}

async function namelessFile(disk: Disk, dataDir: string): Promise<{ writer: DiskFile; reader: DiskFile }> {
  await assertOwnFolder(disk, dataDir);
  const folder = join(dataDir, RESTORE_FOLDER);
  const path = join(folder, `upload-${randomUUID()}`);
  const writer = await createInside(disk, folder, path);
  let reader: DiskFile | undefined;
  try {
    reader = await disk.openFile(path);
    await disk.removeFile(path);
  } catch (error) {
    await Promise.allSettled([writer.close(), reader?.close(), disk.removeFile(path)]);
    await removeIfEmpty(disk, folder).catch(() => {});
    throw error;
  }
  await removeIfEmpty(disk, folder).catch(() => {});
  return { writer, reader };
}

/** Creates a file in a folder that another upload may remove, because it is empty, at any moment. */
async function createInside(disk: Disk, folder: string, path: string, attempts = 10): Promise<DiskFile> {
  await ensureDirectory(disk, folder);
  try {
    return await disk.createFile(path);
  } catch (error) {
    if (!isMissing(error) || attempts === 1) throw error;
    return createInside(disk, folder, path, attempts - 1);
  }
}
