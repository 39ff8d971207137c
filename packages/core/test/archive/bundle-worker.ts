import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "../restore/bundle.ts";

const ROOMS = { "compression-worker": "create", "extraction-worker": "extract" } as const;

/** Makes the program of the threads that compress, or of those that extract, from the sources, in a directory. */
export async function bundleWorker(name: keyof typeof ROOMS, directory: string): Promise<URL> {
  const source = fileURLToPath(new URL(`../../src/archive/${ROOMS[name]}/${name}.ts`, import.meta.url));
  return pathToFileURL(await bundle(source, directory));
}
