import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { type TestFunction, test } from "vitest";

const execute = promisify(execFile);

/** Runs a program and returns what it printed. Rejects, with its output in the message, unless it exits with 0. */
export async function run(command: string, parameters: readonly string[], directory?: string): Promise<string> {
  const options = { cwd: directory, maxBuffer: 256 * 1024 * 1024, env: { ...process.env, LC_ALL: "C.UTF-8" } };
  const { stdout } = await execute(command, [...parameters], options).catch((error) => {
    throw new Error(
      `${command} ${parameters.join(" ")}: ${error.code}\n${error.stdout?.slice(-2000)}${error.stderr?.slice(-2000)}`,
    );
  });
  return stdout;
}

/** What `.ci/run` installs. */
const IN_CI = new Set(["unzip", "zip", "7z", "bsdtar", "python3"]);

/** A test that needs a program. Without it, it is skipped by name; what CI installs must be there in CI. */
export function testWith(tool: string, title: string, body: TestFunction): void {
  const isThere = spawnSync(tool, ["--help"], { stdio: "ignore" }).error === undefined;
  if (isThere || (process.env.CI && IN_CI.has(tool))) test(title, body);
  else test.skip(`${title} (skipped: ${tool} is not installed)`, body);
}
