import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { ZipFile } from "yazl";
import type { Job } from "../job.ts";
import { filesBelow } from "./files-below.ts";

/** Makes an archive as yazl's README shows it; at its own level, 6, if none is given. */
export async function yazlCreate({ source, archive }: Job, compressionLevel?: number): Promise<void> {
  const zip = new ZipFile();
  const written = pipeline(zip.outputStream, createWriteStream(archive));
  const options = compressionLevel === undefined ? {} : { compressionLevel };
  for (const { path, name } of await filesBelow(source)) zip.addFile(path, name, options);
  zip.end();
  await written;
}
