import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "./bundle.ts";
import { KillSweep } from "./kill-sweep.ts";
import { SCENARIOS } from "./power-cut-scenarios.ts";

const SHAPES = ["a database with its log and directories", "entries that are kept at every depth"];
let directory = "";
let child = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "stowage-kill-"));
  child = await bundle(fileURLToPath(new URL("./kill-child.ts", import.meta.url)), directory);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe.each(SHAPES)("SIGKILL during a restore of %s", (name) => {
  it("leaves the old data or the new after recovery, at every disk call", { timeout: 120_000 }, async () => {
    const scenario = SCENARIOS[name];
    if (!scenario) throw new Error(`no such shape: ${name}`);

    const sweep = new KillSweep(scenario, { child, directory: join(directory, name) });
    const { runs, children, old, new: done, bad } = await sweep.run({ stride: 40 });

    console.info(
      `${name}: ${runs} operations killed by SIGKILL in ${children} children: ${old} × old, ${done} × new, ${bad.length} bad`,
    );
    expect(bad).toEqual([]);
    expect(runs).toBeGreaterThan(150);
  });
});
