import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { ContendingOrder } from "./contending-child.ts";

/** A process that obeys one order after the other. One that was killed is replaced. */
export class Contender {
  readonly #script: string;
  #child: ChildProcess | undefined;
  constructor(script: string) {
    this.#script = script;
  }

  /** Its answer: a result, "stalled", the code of an error, or "killed". */
  async obey(order: ContendingOrder): Promise<string> {
    const child = this.#child ?? spawn(process.execPath, [this.#script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    if (!child.stdout || !child.stdin) throw new Error("the child has no pipes");
    const lines = createInterface({ input: child.stdout });
    const answered = new AbortController();
    const { signal } = answered;
    const ended = once(child, "close", { signal }).then(() => "killed");
    child.stdin.write(`${JSON.stringify(order)}\n`);
    const line = once(lines, "line", { signal }).then(([text]) => String(text));
    const answer = await Promise.race([line, ended]);
    answered.abort();
    lines.close();
    await Promise.allSettled([line, ended]);
    if (answer === "killed") this.#child = undefined;
    return answer;
  }

  /** Kills the process, whatever it does. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const ended = once(child, "close");
    child.kill("SIGKILL");
    await ended;
  }
}
