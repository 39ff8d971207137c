import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type KillDirectory, killDirectory } from "./kill-directory.ts";
import { KillSweep } from "./kill-sweep.ts";
import { type Scenario, SPECIAL_FILES, scenarioCalled } from "./scenarios.ts";

let place: KillDirectory;

beforeAll(async () => {
  place = await killDirectory();
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});

afterAll(async () => {
  vi.restoreAllMocks();
  await place.remove();
});

/** Some points of the restore; the slow tests kill at them all. */
describe.each<[string, Scenario, { stride: number; restoreStride: number }]>([
  [
    "a database with its log and directories",
    scenarioCalled("a database with its log and directories"),
    { stride: 180, restoreStride: 16 },
  ],
  [
    "entries that are kept at every depth",
    scenarioCalled("entries that are kept at every depth"),
    { stride: 180, restoreStride: 16 },
  ],
  [
    "links, special files, foreign names and what the archive left out",
    SPECIAL_FILES,
    { stride: 600, restoreStride: 16 },
  ],
])("SIGKILL during a restore of %s", (name, scenario, strides) => {
  it("leaves the old data or the new after recovery", { timeout: 120_000 }, async () => {
    const sweep = new KillSweep(scenario, place.for(name));

    const { runs, children, old, new: done, bad } = await sweep.run(strides);

    const outcome = `${old} × old, ${done} × new, ${bad.length} bad`;
    console.info(`${name}: ${runs} operations in ${children} children killed by SIGKILL: ${outcome}`);
    expect(bad).toEqual([]);
    expect(runs).toBeGreaterThan(15);
  });
});
