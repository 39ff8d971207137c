import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

/** Starts a process that calls `main(…args)` of a TypeScript program, and talks with it by messages. */
export function forkSource(program: string, ...args: readonly string[]): ChildProcess {
  const execArgv = ["--disable-warning=Warning"]; // the AWS SDK tells every process that it will leave Node 20 behind
  return fork(join(import.meta.dirname, "source-child.mjs"), [program, ...args], { execArgv });
}
