import { localFilesystem } from "../src/index.ts";

/** Starts a write that takes a minute, and tells the parent when some of its bytes are on the disk. */
export async function main(directory: string, key: string): Promise<void> {
  const filesystem = localFilesystem({ directory });
  await filesystem.write(key, slowly());
}

async function* slowly(): AsyncGenerator<Uint8Array> {
  for (let count = 0; count < 60; count++) {
    yield Buffer.alloc(64 * 1_024, "x");
    if (count === 4) process.stdout.write("writing\n");
    if (count > 4) await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}
