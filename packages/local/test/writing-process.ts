import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { sourceProgram } from "@stowage/test-kit/program";

/** Starts a write in another process, and resolves when some of its bytes are on the disk. It goes on for a minute. */
export async function startWriting(directory: string, key: string): Promise<ChildProcess> {
  const program = sourceProgram(join(import.meta.dirname, "write-until-killed.ts"), directory, key);
  const child = spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] });
  await Promise.race([once(child.stdout, "data"), once(child, "exit").then(failEarly)]);
  return child;
}

/** Kills a process at once (SIGKILL), and waits until it is gone. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

function failEarly(): never {
  throw new Error("the child ended before it wrote anything");
}
