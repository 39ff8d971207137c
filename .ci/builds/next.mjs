import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { bin, run } from "./scratch.mjs";

export const NEXT_PACKAGES = ["next", "react", "react-dom"];
const READY_MS = 60_000;

/** Builds an application whose route handler is the round trip, serves it, and returns what the route answers. */
export async function throughNext(project, bundler) {
  const route = join(project, "app", "backup");
  mkdirSync(route, { recursive: true });
  cpSync(join(import.meta.dirname, "programs", "next-route.js"), join(route, "route.js"));
  writeFileSync(
    join(project, "app", "layout.js"),
    "export default ({ children }) => <html lang='en'><body>{children}</body></html>;\n",
  );
  run(bin(project, "next"), ["build", `--${bundler}`], project);
  const port = await freePort();
  const server = spawn(process.execPath, [join(project, "node_modules/next/dist/bin/next"), "start", "-p", `${port}`], {
    cwd: project,
    stdio: "ignore",
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
  });
  const ended = once(server, "exit");
  try {
    return await answerAt(`http://127.0.0.1:${port}/backup`);
  } finally {
    server.kill();
    await ended;
  }
}

async function answerAt(url) {
  for (const started = Date.now(); ; await delay(100)) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return await response.json();
    if (response) throw new Error(`${url} answers ${response.status}: ${(await response.text()).slice(0, 500)}`);
    if (Date.now() - started > READY_MS) throw new Error(`${url} does not answer`);
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
