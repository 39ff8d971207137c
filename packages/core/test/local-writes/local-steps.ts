import { Filesystem, StowageError } from "@stowage/core";
import { LocalDriver } from "@stowage/local";
import { Generations } from "../../src/lock/generations.ts";
import type { LockRecord } from "../../src/lock/lock-record.ts";
import type { ModelledDisk } from "../restore/modelled-disk.ts";

/** Two levels below what is there at first, in the script that makes it. */
export const DIRECTORY = "/modelled/app/backups";

/** One call of the storage. A text is the content of an object, or the holder and the renewals of a lock. */
export type Step =
  | { readonly verb: "write" | "create"; readonly key: string; readonly text: string }
  | { readonly verb: "delete"; readonly key: string }
  | { readonly verb: "create lock" | "rewrite lock"; readonly key: string; readonly text: string };

const LOCK: Omit<LockRecord, "holder" | "renewals"> = {
  process: { host: "modelled", pid: 1, startedAt: "1", thread: 0 },
  operation: "create",
  key: "a.zip",
  isReleased: false,
};

/** Takes the steps with the real driver, one process for all of them. Marks on the disk when each begins and how it ends. */
export async function takeSteps(disk: ModelledDisk, steps: readonly Step[]): Promise<void> {
  const filesystem = new Filesystem(new LocalDriver({ directory: DIRECTORY }, disk));
  for (const step of steps) {
    disk.mark(JSON.stringify({ step, is: "begun" }));
    const isDone = await take(filesystem, step);
    disk.mark(JSON.stringify({ step, is: isDone ? "done" : "refused" }));
  }
  await filesystem.close();
}

/** Whether it was done; false if the key was taken. */
async function take(filesystem: Filesystem, step: Step): Promise<boolean> {
  const { signal } = new AbortController();
  if (step.verb === "delete") return filesystem.delete(step.key).then(() => true);
  const generations = new Generations(filesystem);
  if (step.verb === "create lock") return generations.create(numberIn(step.key), recordOf(step.text), signal);
  if (step.verb === "rewrite lock") {
    await generations.rewrite(numberIn(step.key), recordOf(step.text), signal);
    return true;
  }
  const chunks = step.text.split(" ").map((word) => Buffer.from(`${word} `));
  try {
    await filesystem.write(step.key, chunks, { ifNotExists: step.verb === "create" });
    return true;
  } catch (error) {
    if (error instanceof StowageError && error.code === "ALREADY_EXISTS") return false;
    throw error;
  }
}

/** What lies under the key when the step is done; undefined for nothing. */
export function contentAfter(step: Step): string | undefined {
  if (step.verb === "delete") return undefined;
  return step.verb.endsWith("lock") ? `${JSON.stringify(recordOf(step.text))}\n` : `${step.text} `;
}

function recordOf(text: string): LockRecord {
  const [holder = "", renewals] = text.split(" ");
  return { ...LOCK, holder, renewals: Number(renewals) };
}

function numberIn(key: string): number {
  return Number(key.slice(key.lastIndexOf(".") + 1));
}
