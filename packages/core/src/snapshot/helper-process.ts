import { type ChildProcess, fork } from "node:child_process";
import { programs } from "#programs";
import { onAbort } from "../abort.ts";
import { abortError, StowageError } from "../errors.ts";
import type { HelperAnswer, HelperJob } from "./helper-protocol.ts";

/** Where Node is told to read its program. No literal: Turbopack would look for a module of that name. */
const STANDARD_INPUT = String("-");
/** How long the helper may say nothing. A step of a copy takes a fraction of a second. */
const SILENCE_MS = 30_000;
const LAST_WORDS_SIZE = 2000;

export interface HelperOptions {
  readonly signal: AbortSignal;
  /** The text of the program. For tests, which run sources that no process can load. */
  readonly program?: string | undefined;
  /** The Node that runs it. For tests of other versions. */
  readonly execPath?: string | undefined;
  /** How long the helper may say nothing before it is given up, in milliseconds. Default 30,000. */
  readonly silenceMs?: number | undefined;
}

export interface JobOptions {
  onProgress?(progress: { done: number; total: number }): void;
  /** More time than usual for a job that cannot report: milliseconds. */
  readonly extraMs?: number;
}

interface Waiting {
  readonly onProgress: JobOptions["onProgress"];
  readonly timer: NodeJS.Timeout;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * A process that opens the files which this one must not open: closing any descriptor of a file drops all the POSIX locks that
 * this process holds on it (SQLite, "How To Corrupt An SQLite Database File", § 2.2). It ends when this process does.
 */
export class HelperProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #silenceMs: number;
  readonly #unlisten: () => void;
  #end: unknown;
  #lastWords = "";
  #nextId = 0;

  /** Throws if no process can be started, as under Node's permission model. */
  constructor({
    signal,
    program = programs?.helper,
    execPath = process.execPath,
    silenceMs = SILENCE_MS,
  }: HelperOptions) {
    if (program === undefined) throw new Error("this package runs from its sources");
    this.#silenceMs = silenceMs;
    this.#child = fork(STANDARD_INPUT, {
      execPath,
      execArgv: ["--no-warnings"],
      serialization: "advanced",
      stdio: ["pipe", "ignore", "pipe", "ipc"],
    });
    this.#child.stdin?.on("error", () => {}).end(program); // a process that ends says so itself
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = `${this.#lastWords}${text}`.slice(-LAST_WORDS_SIZE);
    });
    this.#child.on("message", (answer: HelperAnswer) => this.#receive(answer));
    this.#exited = new Promise((resolve) => {
      this.#child.once("close", (code, killedBy) => {
        this.#fail(gone(killedBy ?? `exit code ${code}`, this.#lastWords));
        resolve();
      });
      this.#child.once("error", (error) => {
        this.#fail(gone(error.message, this.#lastWords, error));
        if (this.#child.pid === undefined) resolve();
      });
    });
    this.#unlisten = onAbort(signal, () => this.#fail(abortError(signal)));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Has a job done. Rejects with an error whose `code` says why not; `SOURCE_UNREADABLE` if the helper ends or falls silent. */
  run<Result>(job: HelperJob, { onProgress, extraMs = 0 }: JobOptions = {}): Promise<Result> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = this.#nextId++;
    return new Promise<Result>((resolve, reject) => {
      const limit = this.#silenceMs + extraMs;
      const timer = setTimeout(() => this.#fail(gone(`silent for ${limit} ms`, this.#lastWords)), limit);
      this.#waiting.set(id, { onProgress, timer, resolve: resolve as Waiting["resolve"], reject });
      this.#child.send({ id, job }, (error) => error && this.#fail(gone(error.message, this.#lastWords, error)));
    });
  }

  /** Ends the process, and returns when it is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unlisten();
    this.#fail(new StowageError("INTERNAL", "the helper process was closed"));
    await this.#exited;
  }

  #receive(answer: HelperAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) return;
    waiting.timer.refresh();
    if ("progress" in answer) {
      this.#report(waiting, answer.progress);
      return;
    }
    clearTimeout(waiting.timer);
    this.#waiting.delete(answer.id);
    if ("result" in answer) waiting.resolve(answer.result);
    else waiting.reject(Object.assign(new Error(answer.failure.message), { code: answer.failure.code }));
  }

  /** What a listener throws fails the job, as everywhere. */
  #report({ onProgress }: Waiting, progress: { done: number; total: number }): void {
    try {
      onProgress?.(progress);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Nothing comes after the first failure: the process is killed, and whoever waits is told. */
  #fail(error: unknown): void {
    this.#end ??= error;
    this.#child.kill("SIGKILL");
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#end);
    }
    this.#waiting.clear();
  }
}

function gone(why: string, lastWords: string, cause?: unknown): StowageError {
  const said = lastWords.trim() === "" ? "" : `: ${lastWords.trim()}`;
  const message = `the helper process that reads open files and databases ended (${why})${said}; try again`;
  return new StowageError("SOURCE_UNREADABLE", message, { retryable: true, ...(cause !== undefined && { cause }) });
}
