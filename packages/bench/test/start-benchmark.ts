import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { onTestFinished } from "vitest";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

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
