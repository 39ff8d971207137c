import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Kills } from "./matrix.ts";
import type { Order } from "./worker.ts";

const WORKER = fileURLToPath(new URL("worker.js", import.meta.url));
/** How many cases run at once in a process: most of their time they wait. */
const CONCURRENCY = 12;
/** A process that tells nothing for so long is blocked by what it runs, in milliseconds. */
const SILENCE_MS = 20_000;

type Told = { start: string } | { end: string; isKill: boolean } | { done: true };

/** Runs the flaws of these numbers in so many processes, and calls `onKills` after each. */
export async function runMatrix(
  indexes: readonly number[],
  { processes, onKills }: { processes: number; onKills: (kills: Kills) => void },
): Promise<void> {
  const left = [...indexes];
  const work = async () => {
    const worker = new Worker();
    for (let index = left.shift(); index !== undefined; index = left.shift()) onKills(await killsOf(index, worker));
    worker.end();
  };
  await Promise.all(Array.from({ length: processes }, work));
}

/** A case that blocks or ends its process has caught the flaw. Which one it is is told by those that run alone. */
async function killsOf(index: number, worker: Worker): Promise<Kills> {
  const killedBy: string[] = [];
  const seen: string[] = [];
  for (let concurrency = CONCURRENCY; ; concurrency = 1) {
    const open = await worker.run({ index, concurrency, without: seen }, ({ end, isKill }) => {
      seen.push(end);
      if (isKill) killedBy.push(end);
    });
    if (open === undefined) return { index, killedBy };
    if (concurrency > 1) continue;
    seen.push(...open);
    killedBy.push(...open);
  }
}

class Worker {
  #child: ChildProcess | undefined;

  /** Resolves with nothing, or with the cases that were under way when the process was blocked or ended. */
  run(order: Order, onEnd: (told: { end: string; isKill: boolean }) => void): Promise<string[] | undefined> {
    this.#child ??= fork(WORKER, { stdio: "ignore" });
    const child = this.#child;
    const open = new Set<string>();
    return new Promise((resolve) => {
      let timer = setTimeout(() => child.kill("SIGKILL"), SILENCE_MS);
      const settle = (result: string[] | undefined) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(result);
      };
      child.on("exit", () => {
        this.#child = undefined;
        settle([...open]);
      });
      child.on("message", (told: Told) => {
        clearTimeout(timer);
        timer = setTimeout(() => child.kill("SIGKILL"), SILENCE_MS);
        if ("start" in told) open.add(told.start);
        else if ("end" in told) {
          open.delete(told.end);
          onEnd(told);
        } else settle(undefined);
      });
      child.send(order);
    });
  }

  end(): void {
    this.#child?.disconnect();
  }
}
