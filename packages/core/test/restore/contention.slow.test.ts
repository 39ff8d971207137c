import { afterAll, beforeAll, expect, it } from "vitest";
import { Contention } from "./contention.ts";
import { type KillDirectory, killDirectory } from "./kill-directory.ts";

const OLD = { "data.db": "old", "data.db-wal": "old", "only-old": "old", "storage/a": "old" };
const NEW = { "data.db": "new", "only-new": "new", "storage/b": "new" };
const SEED = 20_264;

let place: KillDirectory;

beforeAll(async () => {
  place = await killDirectory("./contending-child.ts");
});

afterAll(() => place.remove());

it("recover by several processes at once is done by one of them", { timeout: 600_000 }, async () => {
  const scenario = { old: OLD, archive: NEW, restored: NEW };
  const contention = new Contention(scenario, { ...place.for("slow"), seed: SEED });

  const { rounds, recoveries, killed, old, new: done, bad } = await contention.run(60);

  const outcome = `${old} × old, ${done} × new, ${bad.length} bad`;
  console.info(`${rounds} rounds, ${recoveries} recoveries, ${killed} killed by SIGKILL: ${outcome}, seed ${SEED}`);
  expect(bad).toEqual([]);
  expect(killed).toBeGreaterThan(10);
});
