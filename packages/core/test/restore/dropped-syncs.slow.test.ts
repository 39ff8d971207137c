import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { dropEachSync } from "./dropped-syncs.ts";
import { SCENARIOS } from "./scenarios.ts";

const SEED = 20_261;

/** The next step syncs the same directory again: the one sync that is not caught. */
const HYGIENE = /^new of a mount, in finishDirectories/;

/** In these nothing is synced that is not in others, too. */
const NOTHING_NEW = ["mounts that are restored too", "a mount whose previous data is kept, then brought back"];

beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

it("a power cut is bad once any sync is left out", { timeout: 1_800_000 }, async () => {
  const scenarios = Object.fromEntries(Object.entries(SCENARIOS).filter(([name]) => !NOTHING_NEW.includes(name)));
  const sites = await dropEachSync(scenarios, {
    hygiene: HYGIENE,
    seed: SEED,
    states: 40,
    statesOfRecovery: 2,
    stride: 4,
  });

  const missed = sites.filter(({ caught }) => caught === undefined).map(({ site }) => site);
  for (const { site, caught = "not caught" } of sites)
    console.info(`without the sync of ${site}: ${caught.slice(0, 200)}`);
  console.info(
    `${sites.length} syncs in the source, ${sites.length - missed.length} caught when they are left out, seed ${SEED}`,
  );
  expect(missed).toEqual([]);
  expect(sites.length).toBeGreaterThan(25);
});
