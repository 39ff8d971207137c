import { describe, expect, it } from "vitest";
import { SURVIVES_FAST, TOLD_APART } from "./broken-drivers/told-apart.ts";
import { judgeMatrix } from "./kill-matrix/judge-matrix.ts";
import { ALL_CASES, ALL_FLAWS, type Kills, tierOf } from "./kill-matrix/matrix.ts";
import { printMatrix, summaryOf } from "./kill-matrix/print-matrix.ts";

/** As if each flaw were killed by the cases that have to kill it, and by no others. `npm run test:kill-matrix` runs them all. */
const CLAIMED: readonly Kills[] = ALL_FLAWS.map(({ caughtBy }, index) => ({ index, killedBy: caughtBy }));
const DRIVERS = ALL_FLAWS.flatMap(({ kind }, index) => (kind === "driver" ? [index] : []));

describe("the flaws", () => {
  it("have names of their own", () => {
    const names = ALL_FLAWS.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it("are 200 drivers at least, each to be killed by the fast tier or for a reason not", () => {
    const { drivers, wrong } = judgeMatrix(CLAIMED);
    expect(drivers.all).toBe(DRIVERS.length);
    expect(wrong.filter((sentence) => sentence.includes("flawed drivers") || sentence.includes("survives"))).toEqual(
      [],
    );
  });

  it("and cases that a reason is given for are there", () => {
    const names = ALL_FLAWS.map(({ name }) => name);
    const ids = ALL_CASES.map(({ id }) => id);
    expect(Object.keys(SURVIVES_FAST).filter((name) => !names.includes(name))).toEqual([]);
    expect(Object.keys(TOLD_APART).filter((id) => !ids.includes(id))).toEqual([]);
  });
});

describe("a kill matrix is wrong", () => {
  const [index = 0] = DRIVERS.filter((candidate) => !SURVIVES_FAST[ALL_FLAWS[candidate]?.name ?? ""]);
  const changed = (killedBy: readonly string[]) =>
    CLAIMED.map((kills) => (kills.index === index ? { index, killedBy } : kills));

  it("if a flawed driver survives", () => {
    const { drivers, wrong } = judgeMatrix(changed([]));
    expect(drivers.first.none).toBe(1);
    expect(wrong).toContain(`"${ALL_FLAWS[index]?.name}" survives the fast tier, and nothing says why`);
  });

  it("if only a slow case kills it", () => {
    const { drivers, wrong } = judgeMatrix(changed(["list/thousands"]));
    expect(drivers.first.slow).toBeGreaterThan(0);
    expect(wrong).toContain(`"${ALL_FLAWS[index]?.name}" survives the fast tier, and nothing says why`);
  });

  it("if a case misses what it has to catch", () => {
    expect(judgeMatrix(changed(["stat/exists"])).wrong).toContain(
      `${ALL_FLAWS[index]?.caughtBy[0]} misses "${ALL_FLAWS[index]?.name}"`,
    );
  });

  it("if a case kills nothing alone, and nothing says why it stays", () => {
    const ids = ALL_CASES.map(({ id }) => id);
    const { alone, wrong } = judgeMatrix(CLAIMED.map((kills) => ({ ...kills, killedBy: ids })));
    expect(alone).toEqual([]);
    expect(wrong).toHaveLength(ids.filter((id) => !TOLD_APART[id] && tierOf(id) !== "portable").length);
  });
});

it("a kill matrix is printed with a row for each flaw and case", () => {
  const verdict = judgeMatrix(CLAIMED);
  const lines = printMatrix(CLAIMED, verdict).split("\n");
  expect(lines.filter((line) => line.startsWith("| "))).toHaveLength(ALL_FLAWS.length + ALL_CASES.length + 4);
  expect(summaryOf(CLAIMED, verdict)).toContain(`${DRIVERS.length} flawed drivers`);
});
