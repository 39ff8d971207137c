import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SeededRandom } from "@stowage/test-kit/random";
import { temporaryDirectory } from "@stowage/test-kit/tree";

/** Small files of up to 12 kB each, enough of them for several jobs of a thread. */
export function manySmall(random: SeededRandom, count: number): Record<string, Buffer> {
  const files = Array.from({ length: count }, (_, index) => [`small/${index}.txt`, random.text(random.below(12_000))]);
  return Object.fromEntries(files) as Record<string, Buffer>;
}

/** Writes a program for threads, which finds `fs` and its `port` to the process. */
export async function threadProgram(source: string): Promise<URL> {
  const path = join(await temporaryDirectory(), "worker.mjs");
  const head = `import fs from "node:fs"; import { parentPort as port } from "node:worker_threads";`;
  await writeFile(path, `${head}\n${source}`);
  return pathToFileURL(path);
}
