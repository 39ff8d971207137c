import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { freePorts } from "../rules/free-ports.mjs";

const START_MS = 60_000;

/** Runs a program to its end. Resolves with its exit code and all that it wrote. */
export async function execute(program, words, cwd, environment = {}) {
  const child = spawn(program, words, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = outputOf(child);
  const [code] = await once(child, "close");
  return { code, output: output() };
}

/** Starts a server on a free port, which it is told as `PORT`, runs `action` with its URL once it answers, and ends it. */
export async function serving([program, ...words], { cwd, environment }, action) {
  const [port] = await freePorts(1);
  const env = { ...process.env, ...environment, PORT: String(port) };
  const child = spawn(program, words, { cwd, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const output = outputOf(child);
  const closed = once(child, "close");
  try {
    const url = `http://127.0.0.1:${port}`;
    await answers(url, child);
    await action(url);
  } catch (error) {
    throw new Error(`${error.stack}\nthe server said: ${output()}`);
  } finally {
    if (child.exitCode === null) process.kill(-child.pid, "SIGTERM"); // npx has started it: its whole group
    await closed;
  }
}

async function answers(url, child) {
  const deadline = performance.now() + START_MS;
  while (!(await fetch(url).catch(() => undefined))) {
    if (child.exitCode !== null) throw new Error(`the server ended with exit code ${child.exitCode}`);
    if (performance.now() > deadline) throw new Error(`the server does not answer after ${START_MS} ms`);
    await delay(200);
  }
}

function outputOf({ stdout, stderr }) {
  let output = "";
  for (const stream of [stdout, stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  return () => output;
}
