import { stat } from "node:fs/promises";
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { spreadOf } from "../statistics.ts";
import type { ClientAnswer, Delays } from "./job.ts";

/** Milliseconds between two looks. The histogram counts them as delay, so they are taken off. */
const RESOLUTION_MS = 1;
const STAT_EVERY_MS = 5;
const NANOSECONDS = 1e6;

/** Notes how late the event loop of this process gets to its timers, and how long a `stat` takes. */
export class ResponseWatch {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #ended = new AbortController();
  readonly #stats: Promise<number[]>;

  private constructor(path: string) {
    this.#histogram.enable();
    this.#stats = this.#watchStat(path);
  }

  /** Starts with a process that has settled: what it takes to load itself is not the backup's. */
  static async start(path: string): Promise<ResponseWatch> {
    await stat(path);
    return new ResponseWatch(path);
  }

  async stop(): Promise<NonNullable<ClientAnswer["responsiveness"]>> {
    this.#histogram.disable();
    this.#ended.abort();
    const histogram = this.#histogram;
    const loop = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS);
    const eventLoop = {
      p50: loop(histogram.percentile(50)),
      p99: loop(histogram.percentile(99)),
      max: loop(histogram.max),
    };
    return { eventLoop, stat: delaysOf(await this.#stats) };
  }

  async #watchStat(path: string): Promise<number[]> {
    const taken: number[] = [];
    do {
      const startedAt = performance.now();
      await stat(path);
      taken.push(performance.now() - startedAt);
      await delay(STAT_EVERY_MS);
    } while (!this.#ended.signal.aborted);
    return taken;
  }
}

function delaysOf(taken: readonly number[]): Delays {
  const { median, most } = spreadOf(taken);
  const sorted = [...taken].sort((left, right) => left - right);
  return { p50: median, p99: sorted[Math.floor((sorted.length - 1) * 0.99)] ?? most, max: most };
}
