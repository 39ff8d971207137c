import { formatRate, formatSeconds, formatSize } from "./format.ts";

const WIDTH = 24;
const REDRAW_AFTER_MS = 100;

/** Where the bar is drawn: `process.stdout`, or anything that takes text. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * Shows how far one phase is: a bar that redraws itself on a terminal, and elsewhere a line at each
 * quarter of the work, so that a log stays short.
 */
export class ProgressBar {
  readonly #screen: Screen;
  readonly #label: string;
  readonly #startedAt = performance.now();
  #drawnAt = 0;
  #quarters = 0;

  constructor(screen: Screen, label: string) {
    this.#screen = screen;
    this.#label = label.padEnd(8);
  }

  /** Both in bytes. Cheap to call for every chunk. */
  update(done: number, total: number): void {
    const share = total > 0 ? Math.min(1, done / total) : 0;
    if (this.#screen.isTTY) this.#redraw(share, done);
    else this.#log(share, done);
  }

  /** Replaces the bar by its result. With `size`, in bytes, it says how fast the phase was. */
  finish(text: string, size?: number): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const rate = size === undefined ? "" : `  ${formatRate(size, seconds)}`;
    this.#screen.write(`${this.#clear()}  ${this.#label} ${text}  ${formatSeconds(seconds)}${rate}\n`);
  }

  /** Ends the line of a phase that failed, so that the message stands on its own. */
  stop(): void {
    this.#screen.write(this.#clear());
  }

  #redraw(share: number, done: number): void {
    const time = performance.now();
    if (time - this.#drawnAt < REDRAW_AFTER_MS) return;
    this.#drawnAt = time;
    const full = Math.round(share * WIDTH);
    const bar = "█".repeat(full) + "░".repeat(WIDTH - full);
    this.#screen.write(`${this.#clear()}  ${this.#label} ${bar} ${percent(share)}  ${formatSize(done)}`);
  }

  #log(share: number, done: number): void {
    const quarters = Math.floor(share * 4);
    if (quarters <= this.#quarters || quarters === 4) return;
    this.#quarters = quarters;
    this.#screen.write(`  ${this.#label} ${percent(share)}  ${formatSize(done)}\n`);
  }

  #clear(): string {
    return this.#screen.isTTY ? "\r\u001b[K" : "";
  }
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`.padStart(5);
}
