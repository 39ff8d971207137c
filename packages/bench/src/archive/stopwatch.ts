/** Time of this process since a moment, all threads included. */
export class Stopwatch {
  readonly #startedAt = performance.now();
  readonly #before = process.cpuUsage();

  /** Milliseconds since the start. */
  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  read(): { wallMs: number; cpuMs: number } {
    const wallMs = this.elapsedMs;
    const { user, system } = process.cpuUsage(this.#before);
    return { wallMs, cpuMs: (user + system) / 1_000 };
  }
}
