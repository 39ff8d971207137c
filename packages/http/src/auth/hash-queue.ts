/** Runs a few jobs at once and lets a few more wait, in order. Bounds the memory and the threads that hashes take. */
export class HashQueue {
  readonly #maxRunning: number;
  readonly #maxWaiting: number;
  readonly #waiting: Array<() => void> = [];
  #running = 0;

  constructor(limits: { maxRunning: number; maxWaiting: number }) {
    this.#maxRunning = limits.maxRunning;
    this.#maxWaiting = limits.maxWaiting;
  }

  /** Runs the job when its turn comes. Resolves with undefined at once, without running it, when too many wait. */
  async run<T>(job: () => Promise<T>): Promise<{ result: T } | undefined> {
    if (!(await this.#enter())) return undefined;
    try {
      return { result: await job() };
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<boolean> {
    if (this.#running < this.#maxRunning) {
      this.#running++;
      return true;
    }
    if (this.#waiting.length >= this.#maxWaiting) return false;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return true;
  }

  /** Hands the place over to the next in line, so that nobody who comes meanwhile can take it. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
