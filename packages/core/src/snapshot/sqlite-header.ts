import { closeSync, fstatSync, readSync } from "node:fs";
import { openUnlinkedNow } from "../disk/open-unlinked.ts";
import { PLATFORM } from "../disk/platform.ts";

/** What every database begins with that is not encrypted (fileformat2.html § 1.3.1). */
export const SQLITE_HEADER = Buffer.from("SQLite format 3\0", "latin1");
/** A database is a whole number of pages, and the smallest page has 512 bytes (fileformat2.html § 1.3.2). */
const PAGE_SIZE_MIN = 512;

/** Says whether a file of this size can be a database. */
export function isWholePages(size: number): boolean {
  return size > 0 && size % PAGE_SIZE_MIN === 0;
}

/** Looks for SQLite's header in a file that this process does not have open. What cannot be read has none. */
export function hasSqliteHeader(path: string): boolean {
  let descriptor: number | undefined;
  try {
    descriptor = openUnlinkedNow(path, PLATFORM);
    return startsWithHeader(descriptor);
  } catch {
    return false;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * The same for a descriptor of the application, which stays as it is: no lock falls. One that is open for writing alone, as that of a
 * log, is no database's. Nothing if it is not open any more.
 */
export function hasSqliteHeaderAt(descriptor: number): boolean | undefined {
  try {
    return startsWithHeader(descriptor);
  } catch {
    return isOpen(descriptor) ? false : undefined;
  }
}

function isOpen(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

function startsWithHeader(descriptor: number): boolean {
  const head = Buffer.alloc(SQLITE_HEADER.length);
  readSync(descriptor, head, 0, head.length, 0);
  return head.equals(SQLITE_HEADER);
}
