import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { localFilesystem } from "@stowage/local";
import { bundle } from "@stowage/test-kit/program";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { expect, it, onTestFinished } from "vitest";
import { BackupManager, StowageError } from "../../src/index.ts";
import type { SleeperOrder, SleeperReport } from "./sleeper.ts";

const TTL_MS = 2_000;
const DATA = { "data.db": "new data", "logs/app.log": "line\n".repeat(1_000) };

const STOPS = [
  ["create", "another"],
  ["restore", "another"],
  ["create", "the same"],
  ["restore", "the same"],
] as const;

it("a process that was stopped for 3 × ttl in its hook is taken over, and changes nothing after it woke", async () => {
  const child = await bundle(join(import.meta.dirname, "sleeper.ts"), await temporaryDirectory());

  const results = await Promise.allSettled(STOPS.map(([operation, where]) => stopHolder(child, operation, where)));

  for (const [index, result] of results.entries()) {
    if (result.status === "rejected") throw result.reason;
    const { outcome, harmful, data, keys } = result.value;
    const what = `a ${STOPS[index]?.[0]} on ${STOPS[index]?.[1]} host, stopped for 3 × ttl`;
    console.info(`${what}: ${outcome}, ${harmful.length} changes after it woke`);
    expect({ what, outcome, harmful }).toEqual({ what, outcome: "LOCK_LOST", harmful: [] });
    expect(data).toMatchObject({ "data.db": "old data" });
    expect(keys).toEqual(["a.zip", "successor.zip"]);
  }
});

async function stopHolder(child: string, operation: "create" | "restore", where: "another" | "the same") {
  const { sleeper, order, archives } = await startSleeper(child, {
    operation,
    host: where === "another" ? "another-host" : "",
  });
  await sleeper.freeze();
  await Promise.all([takeOver(archives), delay(3 * TTL_MS)]);
  const { outcome, changes } = await sleeper.wake();
  const harmful = changes.filter((call) => !isOwnStaging(call, order));
  const keys = (await archives.list()).map(({ key }) => key).sort();
  return { outcome, harmful, data: await readTree(order.dataDir), keys };
}

/** Starts a process that holds the lock on a storage with one archive, which `archives` reaches too. */
async function startSleeper(program: string, { operation, host }: Pick<SleeperOrder, "operation" | "host">) {
  const place = await temporaryDirectory();
  const directory = join(place, "store");
  const dataDir = join(place, "data");
  await writeTree(dataDir, { "data.db": "old data" });
  await writeTree(join(place, "other"), DATA);
  const filesystem = localFilesystem({ directory });
  onTestFinished(() => filesystem.close());
  const archives = new BackupManager({ dataDir: join(place, "other"), filesystem, lockTtlMs: TTL_MS });
  await archives.create({ name: "a.zip" });

  const key = operation === "create" ? "sleeper.zip" : "a.zip";
  const order = { operation, key, dataDir, directory, lockTtlMs: TTL_MS, host };
  const child = fork(program, { serialization: "advanced" });
  onTestFinished(() => end(child));
  child.send(order);
  expect(await once(child, "message")).toEqual(["in its turn", undefined]);
  return { sleeper: sleeperIn(child), order, archives };
}

function sleeperIn(child: ChildProcess) {
  return {
    /** Resolves when the kernel says that the process is stopped. */
    async freeze(): Promise<void> {
      child.kill("SIGSTOP");
      while (!(await isStopped(child))) await delay(5);
    },
    /** Wakes it with the word that it waits for. Resolves with what it tried to change from then on. */
    async wake(): Promise<{ outcome: string; changes: string[] }> {
      child.send("go on");
      const wokenAt = process.hrtime.bigint();
      child.kill("SIGCONT");
      const [{ outcome, changes }] = (await once(child, "message")) as [SleeperReport];
      return { outcome, changes: changes.filter(({ at }) => at >= wokenAt).map(({ call }) => call) };
    },
  };
}

async function isStopped({ pid }: ChildProcess): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/stat`, "latin1");
  return line.slice(line.lastIndexOf(")") + 2).startsWith("T");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

/** Makes a backup as soon as the lock can be had. A machine that is too busy to renew has it try again. */
async function takeOver(archives: BackupManager): Promise<void> {
  for (;;) {
    const taken = await archives.create({ name: "successor.zip" }).catch((error: unknown) => error);
    if (!(taken instanceof StowageError)) return;
    expect(["BUSY", "LOCK_LOST"]).toContain(taken.code);
  }
}

/** A restore removes what it had staged, which nobody else touches or sees. */
function isOwnStaging(call: string, { dataDir }: SleeperOrder): boolean {
  return call.includes(join(dataDir, ".stowage"));
}
