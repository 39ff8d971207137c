import { SeededRandom } from "@stowage/test-kit/random";
import { ContentPool } from "./content-pool.ts";
import type { TreeWriter } from "./tree-writer.ts";

const FILES_PER_DIRECTORY = 250;
const LEAST_SIZE = 1_000;
const MOST_SIZE = 4_000;

/** D2: very many files of 1 to 4 KB of text, 250 in a directory. */
export async function writeSmallFiles(writer: TreeWriter, files: number, seed: number): Promise<void> {
  const pool = new ContentPool(seed);
  const random = new SeededRandom(seed + 2);
  for (let index = 0; index < files; index++) {
    const directory = Math.floor(index / FILES_PER_DIRECTORY)
      .toString()
      .padStart(4, "0");
    await writer.write(`records/${directory}/${index}.txt`, [pool.someText(random.between(LEAST_SIZE, MOST_SIZE))]);
  }
}
