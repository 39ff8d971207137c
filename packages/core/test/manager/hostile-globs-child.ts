import { readFileSync } from "node:fs";
import { MemoryDriver } from "@stowage/memory";
import { BackupManager, Filesystem } from "../../src/index.ts";

/** What a child is to restore, one after the other: an archive, in base64, over a data directory of which a manager excludes something. */
export interface HostileOrder {
  readonly dataDir: string;
  readonly archive: string;
  readonly exclude: readonly string[];
}

for (const order of JSON.parse(readFileSync(0, "utf8")) as HostileOrder[]) {
  process.stdout.write(`${JSON.stringify(await outcomeOf(order))}\n`);
}

async function outcomeOf({ dataDir, archive, exclude }: HostileOrder): Promise<unknown> {
  const filesystem = new Filesystem(new MemoryDriver());
  await filesystem.write("a.zip", [Buffer.from(archive, "base64")]);
  return new BackupManager({ dataDir, filesystem, exclude }).restore("a.zip").then(
    () => "restored",
    (error: unknown) => error,
  );
}
