import { join } from "node:path";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { scheduledName } from "../../src/backup-name.ts";
import type { Filesystem } from "../../src/index.ts";
import { ManagedCalls } from "../../src/manager/operations/managed-calls.ts";
import { createScheduled } from "../../src/manager/schedule/scheduled-create.ts";

const HOSTS = 3;
const START = Date.UTC(2026, 0, 1);

/** What came of instants at each of which several hosts made a backup. */
export interface InstantsVerdict {
  /** Instants with one backup that one host made and the others found. */
  readonly good: number;
  /** What else came of an instant. */
  readonly bad: readonly string[];
}

/** Three hosts, each with a data directory and a connection of its own, are due at the same instants of one storage. */
export async function dueAtOnce(instants: number, open: () => Filesystem): Promise<InstantsVerdict> {
  const hosts = await Promise.all(Array.from({ length: HOSTS }, () => makeHost(open())));
  const looking = open();
  const bad: string[] = [];
  for (let number = 0; number < instants; number++) {
    const instant = new Date(START + number * 60_000);
    const due = { instant, patienceMs: 60_000, signal: new AbortController().signal };
    const outcomes = await Promise.allSettled(hosts.map((calls) => createScheduled(calls, due)));
    const made = outcomes.filter((outcome) => outcome.status === "fulfilled" && "size" in outcome.value).length;
    const failed = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [String(outcome.reason)] : []));
    const isThere = await looking.exists(scheduledName("pb_backup_", instant));
    if (made !== 1 || failed.length > 0 || !isThere)
      bad.push(`${instant.toISOString()}: ${made} made, ${failed.join("; ")}`);
  }
  const keys: string[] = [];
  for await (const { key } of looking.list()) keys.push(key);
  if (keys.length !== instants) bad.push(`${keys.length} backups of ${instants} instants`);
  await Promise.all(hosts.map((calls) => calls.close()));
  return { good: instants - bad.length, bad };
}

async function makeHost(filesystem: Filesystem): Promise<ManagedCalls> {
  const root = await temporaryDirectory();
  await writeTree(join(root, "data"), { "data.db": root });
  return new ManagedCalls({
    dataDir: join(root, "data"),
    filesystem,
    workers: 0,
    lock: "required",
    stateDir: join(root, "state"),
  });
}
