import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

const CHILD = join(import.meta.dirname, "source-child.mjs");

/** Warnings without a type of their own: the AWS SDK tells every process that it will leave Node 20 behind. */
const QUIET = "--disable-warning=Warning";

/** What Node is started with to call `main(…args)` of a TypeScript program. Reads the sources, so that nothing has to be built. */
export function sourceProgram(program: string, ...args: readonly string[]): string[] {
  return [QUIET, CHILD, program, ...args];
}

/** Starts a process that calls `main(…args)` of a TypeScript program, and talks with it by messages. */
export function forkSource(program: string, ...args: readonly string[]): ChildProcess {
  return fork(CHILD, [program, ...args], { execArgv: [QUIET] });
}
