import { expect, it } from "vitest";
import { chartOf } from "../src/archive/chart.ts";
import { CONTENDERS, type Contender, STOWAGE } from "../src/archive/contenders.ts";
import { goalsOf } from "../src/archive/goals.ts";
import type { ArchiveResult, Round } from "../src/archive/measure-dataset.ts";
import { archiveTable } from "../src/archive/report.ts";
import { problemsOf, summarise } from "../src/archive/summary.ts";
import { DATASET_NAMES } from "../src/datasets/dataset.ts";
import { atMost, goalTable } from "../src/goal.ts";

const PEER: Round = { wallMs: 1_000, cpuMs: 1_000, peakRss: 500e6, archiveSize: 50e6 };
const FAST: Partial<Round> = { wallMs: 10, cpuMs: 10, peakRss: 100e6 };
const FILES = { d1: 1_500, d2: 30_000, d3: 9 };

/** Two rounds of everybody on everything, all like the peers', but for ours. */
function resultsOf(ours: Partial<Round>, contenders: readonly Contender[] = CONTENDERS): ArchiveResult[] {
  return DATASET_NAMES.flatMap((dataset) =>
    contenders.map(({ name, title, operation }) => {
      const round = name.startsWith(STOWAGE) ? { ...PEER, ...ours } : PEER;
      return { dataset, contender: name, title, operation, rounds: [round, round] };
    }),
  );
}

function goals(ours: Partial<Round>, files: Readonly<Record<string, number>> = FILES) {
  return goalsOf(summarise(resultsOf(ours)), files);
}

it("all goals hold for somebody who is a hundred times as fast", () => {
  // 6 peers in three creates, 4 in three restores and in that of another's archive; CPU; memory of 3 runs on each; sizes
  expect(goals(FAST)).toHaveLength(18 + 12 + 4 + 1 + 9 + 3);
  expect(goals(FAST).filter(({ holds }) => !holds)).toEqual([]);
});

it.each([
  [{ ...FAST, wallMs: 300 }, "D1 create: wall ≤ 0.3 × yazl, level 1", true],
  [{ ...FAST, wallMs: 301 }, "D1 create: wall ≤ 0.3 × yazl, level 1", false],
  [{ ...FAST, wallMs: 121 }, "D2 create: wall ≤ 0.12 × Go, as PocketBase", false],
  [{ ...FAST, wallMs: 500 }, "D1 restore: wall ≤ 0.42 × Go, as PocketBase", false],
  [{ ...FAST, wallMs: 500 }, "D1 restore of another's archive: wall ≤ 0.55 × Go, as PocketBase", true],
  [{ ...FAST, wallMs: 1_000 }, "D3 restore: wall ≤ 1 × Go, as PocketBase", true],
  [{ ...FAST, cpuMs: 951 }, "D1 create: CPU ≤ 0.95 × Go, as PocketBase", false],
  [{ ...FAST, peakRss: 131e6 }, "D1 create, Stowage: peak RSS ≤ 130 MB", false],
  [{ ...FAST, peakRss: 131e6 }, "D1 restore, Stowage, own archive: peak RSS ≤ 150 MB", true],
  [{ ...FAST, archiveSize: 50e6 + 1 }, "D3 create: archive ≤ 1 × Go, as PocketBase", false],
])("of %j, %s is told as %s", (ours, title, holds) => {
  expect(goals(ours).find((goal) => goal.title === title)).toMatchObject({ holds });
});

it("a create may hold 500 bytes more for each file above 30,000", () => {
  const titles = goals(FAST, { ...FILES, d2: 100_000 }).map(({ title }) => title);

  expect(titles).toContain("D2 create, Stowage: peak RSS ≤ 165 MB");
});

it("a near miss is told with as many decimals as it takes", () => {
  const table = goalTable([atMost("size", 1.00001, 1), atMost("time", 0.333, 0.5), atMost("count", 1, 1)]);

  expect(table).toMatch(/size +\| +1\.00001 \| +missed/);
  expect(table).toMatch(/time +\| +0\.33 \| +holds/);
  expect(table).toMatch(/count +\| +1\.00 \| +holds/);
});

it("ratios are formed within a round", () => {
  const [ours, go] = resultsOf({}).filter(({ dataset, operation }) => dataset === "d1" && operation === "create");
  const rounds = (...walls: number[]) => walls.map((wallMs) => ({ ...PEER, wallMs }));
  const results = [ours, go].flatMap((result, index) => {
    return result ? [{ ...result, rounds: index === 0 ? rounds(10, 400, 30) : rounds(20, 400, 10) }] : [];
  });

  expect(summarise(results)[1]?.ratios).toMatchObject([{ stowage: STOWAGE, wall: { median: 1, least: 0.5, most: 3 } }]);
});

it("whoever makes a wrong archive fails the run, and the table says who", () => {
  const [first, ...others] = resultsOf({});
  const wrong = { ...PEER, difference: "a.txt is missing" };
  const summaries = summarise([{ ...(first as ArchiveResult), rounds: [wrong, wrong] }, ...others]);

  expect(problemsOf(summaries)).toEqual(["Stowage (create d1): a.txt is missing"]);
  expect(archiveTable(summaries.slice(0, 2), 100e6)).toMatch(/\| Stowage +\|.*\| +WRONG \|\n.*\| +right \|/);
  expect(problemsOf(summarise(resultsOf({})))).toEqual([]);
});

it("the table holds seconds, ratios, memory and how much is left of the data", () => {
  const creates = summarise(resultsOf({ wallMs: 250 })).filter(({ dataset, operation }) => {
    return dataset === "d1" && operation === "create";
  });

  const table = archiveTable(creates, 100e6);

  expect(table).toMatch(
    /\| Go, as PocketBase +\| +1\.00 \| +0\.25 \| +1\.00 \| +1\.00 \| +500 \| +50\.0 \| +50\.0 % \| +right \|/,
  );
});

it("the chart is one drawing with a bar for everybody, as long as their time, and nothing unescaped", () => {
  const summaries = summarise(resultsOf({ wallMs: 250 })).filter(({ dataset, operation }) => {
    return dataset === "d1" && operation === "create";
  });

  const chart = chartOf([{ title: "Create <D1> & more", summaries }]);

  expect(chart).toMatch(/^<svg [^>]*viewBox="0 0 860 \d+"[^>]*>[\s\S]*<\/svg>\n$/);
  expect(chart.match(/<rect class="peer"[^>]* width="460\.0"/g)).toHaveLength(summaries.length - 1);
  expect(chart.match(/<rect class="ours"[^>]* width="115\.0"/g)).toHaveLength(1);
  expect(chart).toContain("Create &lt;D1&gt; &amp; more");
  expect(chart).toContain("0.25 s · 0.25 ×");
});
