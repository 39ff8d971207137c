import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "../restore/bundle.ts";

/** Makes the program of the threads that compress, or of those that extract, from the sources, in a directory. */
export async function bundleWorker(name: "compression-worker" | "extraction-worker", directory: string): Promise<URL> {
  const source = fileURLToPath(new URL(`../../src/archive/${name}.ts`, import.meta.url));
  return pathToFileURL(await bundle(source, directory));
}
