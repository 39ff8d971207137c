import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeQuietly, closingAfter, type Disk, type DiskFile, platformOf } from "../disk/disk.ts";
import { ensureDirectory, isMissing } from "../disk/disk-steps.ts";
import { errnoOf } from "../disk/errno-of.ts";
import { removeIfEmpty } from "../disk/remove-tree.ts";
import { CheckedContent } from "../filesystem/content/checked-content.ts";
import { type Content, openSource } from "../filesystem/content/source.ts";
import { RESTORE_FOLDER } from "../restore/folder/layout.ts";
import { assertOwnFolder } from "../restore/folder/own-folder.ts";
import { makeDataDirectory, removeDataDirectory } from "../restore/make-data-directory.ts";

/** Content that waits on disk to be judged: an archive's directory is at its end, so nothing can be said before all of it is there. */
export interface SpooledUpload extends AsyncDisposable {
  readonly file: DiskFile;
  readonly size: number;
}

/** Why nothing can be written beside the data: a volume that is mounted read-only, or a directory of somebody else. */
const REFUSED: ReadonlySet<string | undefined> = new Set(["EROFS", "EACCES", "EPERM"]);

interface SpoolOptions {
  readonly disk: Disk;
  readonly dataDir: string;
  readonly signal: AbortSignal;
}

interface Spool {
  readonly writer: DiskFile;
  readonly reader: DiskFile;
  /** Removes the directories that were made for it, once it is closed where they stay as long. */
  letGo(): Promise<void>;
}

/**
 * Copies content into a nameless file: the name is removed as soon as the file is open, so that neither a failure nor a kill leaves it
 * behind. It lies on the data directory's volume, where a restore needs room, too; in the temporary directory where nothing may be
 * written there. A data directory that is missing is made for it, and goes again.
 */
export async function spoolUpload(content: Content, { signal, ...place }: SpoolOptions): Promise<SpooledUpload> {
  const checked = new CheckedContent(openSource(content), { signal, admit: () => {} });
  try {
    const { writer, reader, letGo } = await openSpool(place);
    const dispose = async () => {
      await closeQuietly(reader);
      await letGo();
    };
    try {
      await closingAfter(writer, () => writeAll(writer, checked));
    } catch (error) {
      await dispose();
      throw error;
    }
    return { file: reader, size: checked.size, [Symbol.asyncDispose]: dispose };
  } finally {
    checked.release();
  }
}

async function writeAll(writer: DiskFile, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) await writer.write(chunk);
}

async function openSpool({ disk, dataDir }: Omit<SpoolOptions, "signal">): Promise<Spool> {
  try {
    return await spoolBeside(disk, dataDir);
  } catch (error) {
    if (!REFUSED.has(errnoOf(error))) throw error;
    return namelessFile(disk, join(tmpdir(), `stowage-upload-${randomUUID()}`), []);
  }
}

async function spoolBeside(disk: Disk, dataDir: string): Promise<Spool> {
  const made = await makeDataDirectory(disk, dataDir);
  try {
    await assertOwnFolder(disk, dataDir);
    return await namelessFile(disk, join(dataDir, RESTORE_FOLDER), made);
  } catch (error) {
    await removeDataDirectory(disk, made);
    throw error;
  }
}

/** Opens a file in a folder that may have to be made, and removes the name, and what was made. */
async function namelessFile(disk: Disk, folder: string, made: readonly string[]): Promise<Spool> {
  const path = join(folder, `upload-${randomUUID()}`);
  const letGo = async () => {
    await removeIfEmpty(disk, folder).catch(() => {});
    await removeDataDirectory(disk, made);
  };
  const writer = await createInside(disk, folder, path);
  let reader: DiskFile | undefined;
  try {
    reader = await disk.openFile(path);
    await disk.removeFile(path);
  } catch (error) {
    await Promise.allSettled([writer.close(), reader?.close(), disk.removeFile(path)]);
    await letGo();
    throw error;
  }
  if (!platformOf(disk).movesDirectoriesInUse) return { writer, reader, letGo };
  await letGo();
  return { writer, reader, letGo: async () => {} };
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
