import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KillDirectory, killDirectory } from "./kill-directory.ts";
import { KillSweep } from "./kill-sweep.ts";
import { scenarioCalled } from "./power-cut-scenarios.ts";

let place: KillDirectory;

beforeAll(async () => {
  place = await killDirectory();
});

afterAll(() => place.remove());

describe.each([
  "a database with its log and directories",
  "entries that are kept at every depth",
  "no data directory yet",
  "previous data that is kept, then confirmed",
  "previous data that is kept, then brought back",
])("SIGKILL during a restore of %s", (name) => {
  it("leaves the old data or the new after recovery, at every disk call and at every call of the recovery", {
    timeout: 1_200_000,
  }, async () => {
    const sweep = new KillSweep(scenarioCalled(name), place.for(name));

    const { runs, children, old, new: done, bad } = await sweep.run({ stride: 1 });

    const outcome = `${old} × old, ${done} × new, ${bad.length} bad`;
    console.info(`${name}: ${runs} operations in ${children} children killed by SIGKILL: ${outcome}`);
    expect(bad).toEqual([]);
    expect(runs).toBeGreaterThan(1_000);
  });
});
