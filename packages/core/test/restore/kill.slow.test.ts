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

const SPECIAL = "links, special files, foreign names and what the archive left out";

describe.each([
  { name: SPECIAL, stride: 12 },
  { name: `${SPECIAL}, confirmed`, stride: 12 },
  { name: `${SPECIAL}, brought back`, stride: 12 },
  { name: "links on a mount", stride: 24 },
  { name: "a database with its log and directories", stride: 1 },
  { name: "entries that are kept at every depth", stride: 3 },
  { name: "no data directory yet", stride: 3 },
  { name: "mounts that are restored too", stride: 24 },
  { name: "previous data that is kept, then confirmed", stride: 5 },
  { name: "previous data that is kept, then brought back", stride: 5 },
])("SIGKILL during a restore of $name", ({ name, stride }) => {
  it("leaves the old data or the new, though recovery is killed too", { timeout: 1_200_000 }, async () => {
    const sweep = new KillSweep(scenarioOf(name), place.for(name));

    const { runs, children, old, new: done, bad } = await sweep.run({ stride });

    const outcome = `${old} × old, ${done} × new, ${bad.length} bad`;
    console.info(`${name}: ${runs} operations in ${children} children killed by SIGKILL: ${outcome}`);
    expect(bad).toEqual([]);
    expect(runs).toBeGreaterThan(300);
  });
});

function scenarioOf(name: string): Scenario {
  if (!name.startsWith(SPECIAL)) return scenarioCalled(name);
  if (name === SPECIAL) return SPECIAL_FILES;
  return { ...SPECIAL_FILES, keepPrevious: true, afterwards: name.endsWith("confirmed") ? "confirm" : "rollback" };
}
