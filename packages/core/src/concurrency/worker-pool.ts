import { Worker } from "node:worker_threads";
import { noteThreadsFailed } from "./thread-failure.ts";

/** A small young heap is collected often, and gives the memory of buffers back. */
const LIMITS = { maxYoungGenerationSizeMb: 1 };

interface Thread {
  readonly worker: Worker;
  readonly waiting: Map<number, (result: unknown) => void>;
}

/** What a thread answers. Without a result the job failed, and fails again for the reason to tell when it is done here. */
export interface Answer {
  readonly id: number;
  readonly result?: unknown;
}

/** What does jobs that a message can carry. */
export interface JobPool {
  /** How many it does at once. */
  readonly size: number;
  /** Has a job done, with memory for its output if it needs any. Undefined if it failed, or if nobody is left to do it. */
  run(job: object, output?: ArrayBuffer): Promise<unknown>;
  /** Jobs that are not done resolve with undefined. */
  close(): Promise<void>;
}

/** Threads that do jobs, each the one with the fewest. */
export class WorkerPool implements JobPool {
  readonly #threads: Thread[] = [];
  #nextId = 0;
  /** Whether a thread has answered, or none is wanted any more: from then on the end of one says nothing of this process. */
  #hasProvedItself = false;

  /** Starts `count` threads that run a program, given as its text. Fewer, or none, where that is not possible. */
  constructor(program: string, count: number, workerData: unknown) {
    const options = { eval: true, workerData, resourceLimits: LIMITS, execArgv: [], name: "stowage" };
    try {
      while (this.#threads.length < count) this.#add(new Worker(program, options));
    } catch (error) {
      if (this.#threads.length === 0) noteThreadsFailed(error);
    }
  }

  /** Threads that are left. */
  get size(): number {
    return this.#threads.length;
  }

  run(job: object, output?: ArrayBuffer): Promise<unknown> {
    const thread = this.#leastBusy();
    if (!thread) return Promise.resolve(undefined);
    const id = this.#nextId++;
    return new Promise((resolve) => {
      thread.waiting.set(id, resolve);
      thread.worker.postMessage({ id, job, output }, output ? [output] : []);
    });
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.#hasProvedItself = true;
    const threads = [...this.#threads]; // of which Deno takes one away in the call that ends it
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #add(worker: Worker): void {
    const thread: Thread = { worker, waiting: new Map() };
    this.#threads.push(thread);
    worker.on("message", ({ id, result }: Answer) => {
      this.#hasProvedItself = true;
      thread.waiting.get(id)?.(result);
      thread.waiting.delete(id);
    });
    let failure: unknown;
    worker.on("error", (error) => {
      failure = error; // it ends too
    });
    worker.on("exit", (code) => {
      this.#threads.splice(this.#threads.indexOf(thread), 1);
      this.#noteEnd(failure ?? `a thread ended with code ${code} before it did anything`);
      for (const resolve of thread.waiting.values()) resolve(undefined);
    });
  }

  /** Threads that all end before one has done a job are none. */
  #noteEnd(reason: unknown): void {
    if (this.#threads.length === 0 && !this.#hasProvedItself) noteThreadsFailed(reason);
  }

  #leastBusy(): Thread | undefined {
    return this.#threads.reduce<Thread | undefined>((best, each) => {
      return best && best.waiting.size <= each.waiting.size ? best : each;
    }, undefined);
  }
}
