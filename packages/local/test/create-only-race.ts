import { localFilesystem } from "../src/index.ts";

/** Waits for a line on stdin, then writes all keys create-only, `writers` times each, and prints the wins. */
export async function main(directory: string, name: string, keys: string, writers: string): Promise<void> {
  const filesystem = localFilesystem({ directory });
  await filesystem.open();
  process.stdout.write("ready\n");
  await new Promise((resolve) => process.stdin.once("data", resolve));
  process.stdin.destroy();
  const wins: string[] = [];
  for (const key of keys.split(",")) {
    const attempts = Array.from({ length: Number(writers) }, async (_, index) => {
      const content = `${name}-${index} `.repeat(1_000);
      const outcome = await filesystem.write(key, Buffer.from(content), { ifNotExists: true }).catch(codeOf);
      if (typeof outcome !== "string") wins.push(`${key}=${name}-${index}`);
      else if (outcome !== "ALREADY_EXISTS") throw new Error(outcome);
    });
    await Promise.all(attempts);
  }
  process.stdout.write(`${JSON.stringify(wins)}\n`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
