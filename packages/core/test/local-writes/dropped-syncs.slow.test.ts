import { expect, it } from "vitest";
import { dropEachSync } from "./dropped-syncs.ts";
import { SCRIPTS } from "./local-scripts.ts";

const SEED = 20_263;

it("a power cut is bad once any sync of the local driver is left out", async () => {
  const sites = await dropEachSync(SCRIPTS, { seed: SEED, states: 81 });

  for (const [site, caught = "not caught"] of sites) console.info(`local, without ${site}: ${caught.slice(0, 200)}`);
  console.info(`${sites.size} syncs of the local driver, seed ${SEED}`);
  expect([...sites].filter(([, caught]) => caught === undefined)).toEqual([]);
  expect(sites.size).toBeGreaterThanOrEqual(5);
});
