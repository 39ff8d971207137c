import { readdirSync, readFileSync } from "node:fs";

const SAMPLE_EVERY_MS = 20;
const TICK_MS = 10;

/** Follows how much memory a process and its children hold together. Nothing is known without a `/proc`. */
export class ProcessWatch {
  readonly #id: number | undefined;
  readonly #timer: NodeJS.Timeout;
  #peak = Number.NaN;

  constructor(id: number | undefined) {
    this.#id = id;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_EVERY_MS);
    this.#sample();
  }

  /**
   * Takes a last look, while the process is still there, and returns the bytes held at the peak: the highest sum of the peaks
   * of those that lived at the same time. What a process took in its last 20 ms may be missing.
   */
  stop(): number {
    clearInterval(this.#timer);
    this.#sample();
    return this.#peak;
  }

  #sample(): void {
    const held = this.#id === undefined ? 0 : peakOfTree(this.#id);
    if (held > 0) this.#peak = Math.max(held, Number.isNaN(this.#peak) ? 0 : this.#peak);
  }
}

/**
 * Milliseconds of user and system time of all processes that this one started and that have ended, with theirs, in steps of
 * 10 ms (proc(5), /proc/pid/stat, cutime and cstime). NaN without a `/proc`.
 */
export function childrenCpuMs(): number {
  const stat = readText("/proc/self/stat");
  if (stat === undefined) return Number.NaN;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name may hold anything
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

/** The kernel's own high-water mark of each process, summed up over those that live. */
function peakOfTree(id: number): number {
  const status = readText(`/proc/${id}/status`);
  const peak = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status ?? "")?.[1] ?? 0) * 1_024;
  return childrenOf(id).reduce((total, child) => total + peakOfTree(child), peak);
}

function childrenOf(id: number): number[] {
  const threads = readNames(`/proc/${id}/task`);
  return threads.flatMap((thread) => {
    const children = readText(`/proc/${id}/task/${thread}/children`) ?? "";
    return children.split(" ").filter(Boolean).map(Number);
  });
}

function readNames(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return []; // it has ended
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined; // it has ended, or this is no Linux
  }
}
