import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { memoryFilesystem } from "@stowage/memory";
import { type BackupHooks, BackupManager, type OperationEvents } from "../../src/index.ts";
import { keysOf } from "./keys-of.ts";

/** How code of the application fails. */
const FAILURES: Readonly<Record<string, () => unknown>> = {
  throws: () => {
    throw new Error("of the application");
  },
  rejects: async () => {
    throw new Error("of the application");
  },
  "rejects with no text": () => Promise.reject(Object.create(null)),
};

/** What came of one operation: its error code, the backups after it, and what the data directory holds. */
export interface Outcome {
  readonly code: string;
  readonly keys: readonly string[];
  readonly data: string;
}

const EVENTS: readonly (keyof OperationEvents)[] = ["start", "progress", "done", "failed"];
const HOOKS: readonly (keyof BackupHooks)[] = [
  "beforeSnapshot",
  "afterSnapshot",
  "beforeSwap",
  "afterSwap",
  "onRestored",
];

const [, , directory = ""] = process.argv;
const outcomes: Record<string, Outcome> = {};
for (const [how, fail] of Object.entries(FAILURES)) {
  for (const operation of ["create", "restore"] as const) {
    outcomes[`onProgress ${how}: ${operation}`] = await attempt(operation, { onProgress: fail });
    for (const event of EVENTS) outcomes[`${event} ${how}: ${operation}`] = await attempt(operation, { event, fail });
  }
  for (const hook of HOOKS) {
    const operation = hook.endsWith("Snapshot") ? "create" : "restore";
    outcomes[`${hook} ${how}: ${operation}`] = await attempt(operation, { hooks: { [hook]: fail } });
  }
}
process.stdout.write(JSON.stringify(outcomes));

interface Misbehaviour {
  readonly onProgress?: () => unknown;
  readonly hooks?: object;
  readonly event?: keyof OperationEvents;
  readonly fail?: () => unknown;
}

/** Makes "b.zip" of the data "new", or restores "a.zip", which holds the data "old", over it. */
async function attempt(
  operation: "create" | "restore",
  { onProgress, hooks, event, fail }: Misbehaviour,
): Promise<Outcome> {
  const dataDir = join(directory, String(Object.keys(outcomes).length));
  await mkdir(dataDir);
  const file = join(dataDir, "data.txt");
  const filesystem = memoryFilesystem();
  await writeFile(file, "old");
  await new BackupManager({ dataDir, filesystem, workers: 0 }).create({ name: "a.zip" });
  await writeFile(file, "new");
  const manager = new BackupManager({ dataDir, filesystem, workers: 0, ...(hooks && { hooks }) });
  if (event && fail) manager.on(event, fail as () => void);
  const options = { onProgress: onProgress as (() => void) | undefined };
  const running =
    operation === "create" ? manager.create({ name: "b.zip", ...options }) : manager.restore("a.zip", options);
  const code = await running.then(
    () => "",
    (error: { code: string }) => error.code,
  );
  await manager.close();
  return { code, keys: await keysOf(filesystem), data: await readFile(file, "utf8") };
}
