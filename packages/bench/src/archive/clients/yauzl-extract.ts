import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import type { Job } from "../job.ts";

/** Extracts an archive with yauzl, this many entries at the same time. Nobody checks a CRC: yauzl does not. */
export async function yauzlExtract({ archive, target }: Job, concurrency: number): Promise<void> {
  const zip = await openPromise(archive, { lazyEntries: true, autoClose: false }); // its own close comes with the last entry
  const made = new Set<string>();
  const running = new Set<Promise<void>>();
  for await (const entry of zip.eachEntry()) {
    const extraction = extractEntry(zip, entry, { target, made }).then(() => void running.delete(extraction));
    running.add(extraction);
    if (running.size >= concurrency) await Promise.race(running);
  }
  await Promise.all(running);
  zip.close();
}

async function extractEntry(
  zip: ZipFile,
  entry: Entry,
  { target, made }: { target: string; made: Set<string> },
): Promise<void> {
  const path = join(target, entry.fileName);
  const isDirectory = entry.fileName.endsWith("/");
  const directory = isDirectory ? path : dirname(path);
  if (!made.has(directory)) await mkdir(directory, { recursive: true });
  made.add(directory);
  if (isDirectory) return;
  const mode = (entry.externalFileAttributes >>> 16) & 0o777;
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, mode === 0 ? {} : { mode }));
}
