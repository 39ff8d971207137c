import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { localFilesystem } from "@stowage/local";
import { SeededRandom } from "@stowage/test-kit/random";
import { noteThreadsFailed } from "../../src/concurrency/thread-failure.ts";
import { BackupManager } from "../../src/index.ts";

/** What came of two backups and a restore of enough data for threads. */
export interface Outcome {
  readonly before: object;
  readonly after: object;
  readonly isBack: boolean;
  readonly threads: number;
  readonly warnings: readonly { readonly code: unknown; readonly message: string }[];
}

const [, , directory = ""] = process.argv;
const warnings: Outcome["warnings"][number][] = [];
let threads = 0;
process.on("warning", ({ message, ...warning }) => warnings.push({ code: "code" in warning && warning.code, message }));
process.on("worker", () => threads++);

const dataDir = join(directory, "data");
await mkdir(dataDir);
const bytes = new SeededRandom(1).bytes(4 * 1024 * 1024);
await writeFile(join(dataDir, "data.bin"), bytes);
const filesystem = localFilesystem({ directory: join(directory, "backups") });
await using manager = new BackupManager({ dataDir, filesystem, workers: 2 });

const before = manager.status().threads;
const { key } = await manager.create();
await rm(join(dataDir, "data.bin"));
await writeFile(join(dataDir, "other.txt"), "other");
await manager.restore(key, { allowUnrelated: true });
await manager.create();
const isBack = bytes.equals(await readFile(join(dataDir, "data.bin")));
if (!manager.status().threads.available) noteThreadsFailed(new Error("a later one"));
await turn();
const outcome: Outcome = { before, after: manager.status().threads, isBack, threads, warnings };
process.stdout.write(JSON.stringify(outcome));
