import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { ZipArchive } from "archiver";
import type { Job } from "../job.ts";

/** What only this file asks of archiver. */
interface WalksDirectories {
  /** Adds what lies below a directory, at the top of the archive if `destination` is false. */
  directory(path: string, destination: false): unknown;
}

/** Makes an archive as archiver's README shows it; at zlib's own level, 6, if none is given. */
export async function archiverCreate({ source, archive }: Job, level?: number): Promise<void> {
  const zip = new ZipArchive(level === undefined ? {} : { zlib: { level } }) as ZipArchive & WalksDirectories;
  const written = pipeline(zip, createWriteStream(archive));
  zip.directory(source, false);
  await Promise.all([zip.finalize(), written]);
}
