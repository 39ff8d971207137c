import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { ClientSettings, Message, Order, Turn, TurnReport } from "./turn.ts";

const POLL_MS = 5;
/** Warnings without a type of their own: the AWS SDK tells every process that it will leave Node 20 behind. */
const QUIET = "--disable-warning=Warning";

/** A process that makes backups as it is told: the other end of `serveTurns`. */
export class LockClient {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exited = once(child, "exit");
    child.on("error", () => {}); // an order to a process that is gone: its exit says so
  }

  /** Starts the program, and resolves when it waits for its first turn. */
  static async start(program: string, settings: ClientSettings): Promise<LockClient> {
    const stdio = ["ignore", "inherit", "inherit", "ipc"] as ["ignore", "inherit", "inherit", "ipc"];
    const client = new LockClient(fork(program, { execArgv: [QUIET], serialization: "advanced", stdio }));
    await client.#answer({ start: settings }, (message) => message === "ready");
    return client;
  }

  /** Makes one backup. Calls `onEntered` when the client holds the lock. One that dies is gone when this resolves. */
  async take(turn: Turn, onEntered: () => void = () => {}): Promise<TurnReport> {
    const answer = await this.#answer({ turn }, (message) => {
      if (message === "entered") onEntered();
      return typeof message === "object";
    });
    const { report } = answer as { report: TurnReport };
    if (report.outcome === "died") await this.#exited;
    return report;
  }

  /** Lets a turn end that holds the lock until it is told. */
  goOn(): void {
    this.#child.send("go on");
  }

  /** Stops the process by SIGSTOP, and resolves when the kernel says that it is stopped. */
  async freeze(): Promise<void> {
    this.#child.kill("SIGSTOP");
    while (!(await this.#isStopped())) await delay(POLL_MS);
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  /** Ends the process in order. */
  async stop(): Promise<void> {
    this.#child.send("stop");
    await this.#exited;
  }

  /** Ends the process at once, if it still runs. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  async #isStopped(): Promise<boolean> {
    const line = await readFile(`/proc/${this.#child.pid}/stat`, "latin1");
    return line.slice(line.lastIndexOf(")") + 2).startsWith("T");
  }

  /** Sends an order, and resolves with the message that `isAnswer` accepts. */
  async #answer(order: Order, isAnswer: (message: Message) => boolean): Promise<Message> {
    const child = this.#child;
    const settled = new AbortController();
    const { signal } = settled;
    const gone = once(child, "disconnect", { signal }).then(() => {
      throw new Error("a client ended without an answer");
    });
    const answered = new Promise<Message>((resolve) => {
      const listen = (message: unknown) => {
        if (isAnswer(message as Message)) resolve(message as Message);
      };
      child.on("message", listen);
      signal.addEventListener("abort", () => child.off("message", listen));
    });
    try {
      child.send(order);
      return await Promise.race([answered, gone]); // messages come before the end of the channel
    } finally {
      settled.abort();
      gone.catch(() => {});
    }
  }
}
