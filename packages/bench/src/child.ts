import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PATIENCE_MS = 10_000;

/** Warnings without a type of their own: the AWS SDK tells every process that it will leave Node 20 behind. */
const QUIET = "--disable-warning=Warning";

/** A process of its own, that gets one order and gives one answer. It is expected to exit when the channel closes. */
export interface Child<Answer> {
  readonly answer: Promise<Answer>;
  /** Of the process. Undefined if it could not be started. */
  readonly id: number | undefined;
  /** Closes the channel and resolves when the process has ended, by force after ten seconds. */
  stop(): Promise<void>;
}

/** Starts the module in a process of its own and sends it the order. An abort ends it. */
export function startChild<Answer>(module: URL, order: object, signal: AbortSignal): Child<Answer> {
  signal.throwIfAborted();
  const child = fork(fileURLToPath(module), { execArgv: [QUIET], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const stop = () => stopChild(child, ended);
  const answer = answerOf<Answer>(child, signal).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  answer.catch(() => {}); // it may come while nobody waits
  child.send(order, () => {}); // a child that is gone already says so by its exit
  return { answer, id: child.pid, stop };
}

async function answerOf<Answer>(child: ChildProcess, signal: AbortSignal): Promise<Answer> {
  const settled = new AbortController();
  const gone = once(child, "exit", { signal: settled.signal }).then(([code, by]) => {
    throw new Error(`a child process ended without an answer: ${by ?? `exit code ${code}`}`);
  });
  try {
    const message = once(child, "message", { signal: AbortSignal.any([signal, settled.signal]) });
    const [answer] = await Promise.race([message, gone]);
    return answer as Answer;
  } finally {
    settled.abort();
    gone.catch(() => {});
  }
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  if (child.exitCode === null && child.signalCode === null) await ended;
  clearTimeout(timer);
}
