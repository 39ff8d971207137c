import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const PROGRAMS = join(import.meta.dirname, "programs");

/** Makes a project with packages in it. Throws with what npm said, if it cannot install them. */
export function makeProject(directory, packages, manifest = { type: "module" }) {
  mkdirSync(directory, { recursive: true });
  if (!existsSync(join(directory, "package.json"))) {
    writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "scratch", private: true, ...manifest }));
  }
  run(
    "npm",
    ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefer-offline", ...packages],
    directory,
  );
  for (const name of ["round-trip.mjs", "main.mjs", "buckets.mjs"]) cpSync(join(PROGRAMS, name), join(directory, name));
  return directory;
}

/** Runs a command to its end. Throws with what it said if it fails. Returns its output. */
export function run(command, args, cwd, env = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: 240_000,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...env },
  });
  if (status === 0) return stdout;
  const said = `${stdout ?? ""}${stderr ?? ""}`.trim().split("\n").slice(-12).join("\n");
  throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? signal ?? `exit code ${status}`}\n${said}`);
}

/** A program of a package of a project. */
export function bin(project, name) {
  return join(project, "node_modules", ".bin", name);
}

/** What a program says in its last line. */
export function answerOf(stdout) {
  return JSON.parse(stdout.trim().split("\n").at(-1));
}
