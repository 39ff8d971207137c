import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { serving } from "../frameworks/processes.mjs";
import { bin, run } from "./scratch.mjs";

export const NEXT_PACKAGES = ["next", "react", "react-dom"];

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
  const start = [process.execPath, join(project, "node_modules/next/dist/bin/next"), "start"];
  let answer;
  await serving(start, { cwd: project, environment: { NEXT_TELEMETRY_DISABLED: "1" } }, async (url) => {
    const response = await fetch(`${url}/backup`);
    const text = await response.text();
    if (!response.ok) throw new Error(`the route answers ${response.status}: ${text.slice(0, 500)}`);
    answer = JSON.parse(text);
  });
  return answer;
}
