import { ContentPool } from "./content-pool.ts";
import type { TreeWriter } from "./tree-writer.ts";

const CHUNK_SIZE = 1_000_000;
const SMALLER_FILES = 8;

/** D3: bytes that no deflate makes smaller, half of them in one file and half in eight. */
export async function writeIncompressible(writer: TreeWriter, size: number, seed: number): Promise<void> {
  const pool = new ContentPool(seed);
  await writer.write("film.mp4", noise(Math.ceil(size / 2), pool));
  const smaller = Math.floor(size / 2 / SMALLER_FILES);
  for (let index = 0; index < SMALLER_FILES; index++) await writer.write(`clips/${index}.mp4`, noise(smaller, pool));
}

function* noise(size: number, pool: ContentPool): Generator<Buffer, void, void> {
  for (let left = size; left > 0; left -= CHUNK_SIZE) yield pool.someNoise(Math.min(left, CHUNK_SIZE));
}
