import { type ChildProcess, spawn } from "node:child_process";
import { childrenCpuMs, ProcessWatch } from "./process-watch.ts";

/** A program of the system, and what it is told. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  /** Where it runs. */
  readonly directory?: string;
}

/** What a run cost. */
export interface Cost {
  /** Milliseconds from the start to the end. */
  readonly wallMs: number;
  /** Milliseconds of user and system time, of all its processes. */
  readonly cpuMs: number;
  /** Bytes, of all its processes together. */
  readonly peakRss: number;
}

const MOST_OUTPUT = 4_000;
const PATIENCE_MS = 5_000;

/**
 * Runs a program to its end. Rejects, with what it said, unless it exits with 0. An abort interrupts it, so that
 * it removes its temporary files, kills it after five seconds, and waits until it is gone.
 */
export async function runProgram(command: Command, signal: AbortSignal): Promise<Cost & { readonly output: string }> {
  signal.throwIfAborted();
  const before = childrenCpuMs();
  const startedAt = performance.now();
  const child = spawn(command.program, command.args, { cwd: command.directory, stdio: ["ignore", "pipe", "pipe"] });
  const watch = new ProcessWatch(child.pid);
  const interrupt = () => interruptChild(child);
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    const { output, endedAt } = await ended(child, command);
    signal.throwIfAborted();
    return { wallMs: endedAt - startedAt, cpuMs: childrenCpuMs() - before, peakRss: watch.stop(), output };
  } finally {
    watch.stop();
    signal.removeEventListener("abort", interrupt);
  }
}

function interruptChild(child: ChildProcess): void {
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  child.once("exit", () => clearTimeout(timer));
}

function ended(child: ChildProcess, { program, args }: Command): Promise<{ output: string; endedAt: number }> {
  let output = "";
  let endedAt = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      if (output.length < MOST_OUTPUT) output += chunk.toString();
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => {
      endedAt = performance.now();
    });
    child.once("close", (code, by) => {
      if (code === 0) return resolve({ output, endedAt });
      reject(
        new Error(`${program} ${args.join(" ")} ended with ${by ?? code}: ${output.trim().slice(0, MOST_OUTPUT)}`),
      );
    });
  });
}
