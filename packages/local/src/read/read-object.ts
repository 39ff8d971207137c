import type { BigIntStats } from "node:fs";
import {
  abortError,
  closeQuietly,
  errnoOf,
  type ReadRangeOptions,
  rangeWithin,
  StowageError,
} from "@stowage/core/driver";
import type { LocalDisk, LocalFile } from "../local-disk.ts";
import { FileContent } from "./file-content.ts";

/**
 * Opens a file, and describes the very file whose bytes it returns, whatever takes its name meanwhile.
 * `NOT_FOUND` if it is not a regular one, `RANGE_NOT_SATISFIABLE` if the range starts behind its last byte.
 */
export async function readObject(
  disk: LocalDisk,
  path: string,
  { range, signal, memory }: ReadRangeOptions,
): Promise<{ stats: BigIntStats; content: AsyncIterable<Uint8Array> }> {
  const file = await openFile(disk, path);
  try {
    const stats = await file.statExactly();
    if (!stats.isFile()) throw notRegular();
    if (signal.aborted) throw abortError(signal);
    const { start, end } = rangeWithin(range, Number(stats.size));
    return { stats, content: new FileContent(file, { start, end, signal, memory }) };
  } catch (error) {
    await closeQuietly(file);
    throw error;
  }
}

/** A symlink that is not followed is `ELOOP`, a socket is `ENXIO`: open(2). */
async function openFile(disk: LocalDisk, path: string): Promise<LocalFile> {
  try {
    return await disk.openFile(path);
  } catch (cause) {
    if (["ELOOP", "ENXIO"].includes(errnoOf(cause) ?? "")) throw notRegular(cause);
    throw cause;
  }
}

function notRegular(cause?: unknown): StowageError {
  return new StowageError("NOT_FOUND", "what lies there is not a regular file", { cause });
}
