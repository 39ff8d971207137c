import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "../restore/bundle.ts";

/** Makes the program of the compressing threads from the sources, in a directory. */
export async function bundleWorker(directory: string): Promise<URL> {
  const source = fileURLToPath(new URL("../../src/archive/compression-worker.ts", import.meta.url));
  return pathToFileURL(await bundle(source, directory));
}
