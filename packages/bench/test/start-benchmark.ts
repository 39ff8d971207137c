import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** Makes a directory that goes with the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "stowage-bench-test-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Starts the built benchmark with a directory for temporary files of its own. */
export async function startBenchmark(...args: string[]) {
  const directory = await temporaryDirectory();
  const env = { ...process.env, TMPDIR: directory };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, directory };
}

/** Reads what the benchmark tells of its progress, up to some text. */
export async function progressUpTo(text: string, { stderr }: ChildProcess): Promise<void> {
  let log = "";
  for await (const chunk of stderr?.iterator({ destroyOnReturn: false }) ?? []) {
    log += chunk;
    if (log.includes(text)) return;
  }
  throw new Error(`it ended before "${text}": ${log}`);
}

export async function exitCodeOf(child: ChildProcess): Promise<unknown> {
  const [code] = await once(child, "exit");
  return code;
}
