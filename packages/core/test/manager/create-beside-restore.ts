import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { MemoryDriver } from "@stowage/memory";
import type { SeededRandom } from "@stowage/test-kit/random";
import { readTree, type Tree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { BackupManager, Filesystem, StowageError } from "../../src/index.ts";

export type Beside = "two storages" | "the lock of the process";

/** How the creates of all rounds ended. */
export interface Outcome {
  readonly stored: number;
  readonly refused: number;
}

/** A small operation reports its progress so many times, or less. */
const STEPS = 8;

/**
 * Makes backups of a data directory while another manager restores it to another content, until so many of them were begun beside
 * a restore, or had one begin beside them. Throws for a create that stored anything but the whole old or the whole new content, and for one that failed without a code of its own.
 */
export async function createBesideRestore(beside: Beside, rounds: number, random: SeededRandom): Promise<Outcome> {
  const root = await temporaryDirectory();
  const dataDir = join(root, "data");
  const { creating, restoring } = managersOf(dataDir, beside);
  for (const tag of ["odd", "even"]) await backUp(restoring, dataDir, tag);
  const outcome = { stored: 0, refused: 0 };
  for (let round = 0; outcome.stored + outcome.refused < rounds; round += 1) {
    const key = `round-${round}.zip`;
    const restore = () => restoring.restore(round % 2 === 0 ? "odd.zip" : "even.zip");
    const create = () => creating.create({ name: key });
    const step = 1 + random.below(STEPS);
    let isBeside = false;
    const onBeside = () => {
      isBeside = true;
    };
    const [created, restored] =
      random.below(2) === 0
        ? await Promise.allSettled([create(), during(creating, { step, onBeside }, restore)])
        : (await Promise.allSettled([restore(), during(restoring, { step, onBeside }, create)])).reverse();
    if (!created || !restored) throw new Error("two were begun");
    if (restored.status === "rejected") throw restored.reason;
    if (isBeside) outcome[created.status === "fulfilled" ? "stored" : "refused"] += 1;
    if (created.status === "rejected") assertExpected(created.reason);
    else await assertWhole(creating, key, join(root, key));
  }
  return outcome;
}

function managersOf(dataDir: string, beside: Beside): { creating: BackupManager; restoring: BackupManager } {
  const storages = [new Filesystem(new MemoryDriver()), new Filesystem(new MemoryDriver())];
  const [first = storages[0], second = first] = beside === "two storages" ? storages : [storages[0], storages[0]];
  const lock = beside === "two storages" ? "auto" : "process";
  const managerOf = (filesystem: Filesystem | undefined) => {
    if (!filesystem) throw new Error("no storage");
    return new BackupManager({ dataDir, filesystem, lock, workers: 0 });
  };
  return { creating: managerOf(first), restoring: managerOf(second) };
}

async function backUp(manager: BackupManager, dataDir: string, tag: string): Promise<void> {
  const { removeTree } = await import("../../src/disk/remove-tree.ts");
  const { nodeDisk } = await import("../../src/disk/node-disk.ts");
  await removeTree(nodeDisk, dataDir);
  await writeTree(dataDir, contentOf(tag));
  await manager.create({ name: `${tag}.zip` });
}

/** Names of its own, and names whose content alone tells the two apart. */
function contentOf(tag: string): Tree {
  const files: Record<string, string> = { "data.db": tag, [`${tag}.txt`]: tag };
  for (let index = 0; index < 60; index += 1) {
    files[`both/${index % 7}/${index}.txt`] = `${tag} ${index}`;
    files[`${tag}/${index}.txt`] = `${tag} ${index}`;
  }
  return files;
}

interface Beginning {
  /** How often the other operation reports progress before. */
  readonly step: number;
  /** Called if it had not ended by then. */
  onBeside(): void;
}

/** Begins when the operation of a manager that is running has reported progress so many times, or has ended. */
function during(
  manager: BackupManager,
  { step, onBeside }: Beginning,
  begin: () => Promise<unknown>,
): Promise<unknown> {
  return new Promise((resolve) => {
    let steps = 0;
    const stops = (["progress", "done", "failed"] as const).map((event) =>
      manager.on(event, () => {
        steps += 1;
        if (event === "progress" && steps < step) return;
        for (const stop of stops) stop();
        if (event === "progress") onBeside();
        resolve(setImmediate().then(begin));
      }),
    );
  });
}

function assertExpected(error: unknown): void {
  const codes = ["BUSY", "RECOVERY_REQUIRED", "SOURCE_CHANGED", "SOURCE_EMPTY"];
  if (!(error instanceof StowageError) || !codes.includes(error.code)) throw error;
}

async function assertWhole(manager: BackupManager, key: string, to: string): Promise<void> {
  await manager.extract(key, { to });
  const found = await readTree(to);
  const expected = contentOf(found["data.db"] === "odd" ? "odd" : "even");
  const sorted = (tree: Tree) => JSON.stringify(Object.entries(tree).sort());
  if (sorted(found) === sorted(expected)) return;
  const tags = Object.values(found).map((content) => content.split(" ")[0]);
  throw new Error(`${key} holds ${tags.length} of ${Object.keys(expected).length} files: ${[...new Set(tags)]}`);
}
