import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "@stowage/test-kit/program";

const PROGRAMS = {
  "compression-worker": "../../src/archive/create/compression-worker.ts",
  "extraction-worker": "../../src/archive/extract/extraction-worker.ts",
  "faulty-compression-worker": "../threads/faulty-compression-worker.ts",
  "faulty-extraction-worker": "../threads/faulty-extraction-worker.ts",
  "unchecking-extraction-worker": "../threads/unchecking-extraction-worker.ts",
} as const;

/** Makes the program of the threads that compress, or of those that extract, from the sources, in a directory. */
export async function bundleWorker(name: keyof typeof PROGRAMS, directory: string): Promise<URL> {
  return pathToFileURL(await bundle(fileURLToPath(new URL(PROGRAMS[name], import.meta.url)), directory));
}
