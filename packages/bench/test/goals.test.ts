import { expect, it } from "vitest";
import { CONTENDERS, type Contender } from "../src/transfer/contenders.ts";
import { goalsOf, problemsOf } from "../src/transfer/goals.ts";
import type { ServerKind } from "../src/transfer/job.ts";
import type { Round } from "../src/transfer/measure-transfers.ts";
import { reportOf } from "../src/transfer/report.ts";
import { summarise } from "../src/transfer/summary.ts";

const PEER: Round = { wallMs: 1_000, cpuMs: 1_000, peakRss: 150e6, isEqual: true };

/** Runs of everybody that are all like the peer's, but for ours. */
function summariesOf(ours: Partial<Round>, servers: readonly ServerKind[] = ["sink"]) {
  const roundOf = ({ role }: Contender) => (role === "stowage" ? { ...PEER, ...ours } : PEER);
  const results = servers.flatMap((server) =>
    CONTENDERS.map((contender) => ({ contender, server, rounds: [roundOf(contender), roundOf(contender)] })),
  );
  return summarise(results, 1e9);
}

it("all goals hold for an upload that is faster and lighter than its peer", () => {
  const goals = goalsOf(summariesOf({ wallMs: 500, cpuMs: 500, peakRss: 100e6 }));

  expect(goals).toHaveLength(3 * 3 + 1);
  expect(goals.every(({ holds }) => holds)).toBe(true);
});

it.each([
  [{ wallMs: 950, cpuMs: 800, peakRss: 100e6 }, "throughput"],
  [{ wallMs: 500, cpuMs: 860, peakRss: 100e6 }, "CPU per GB"],
  [{ wallMs: 500, cpuMs: 800, peakRss: 151e6 }, "peak RSS"],
])("%j misses the goal of its %s on S3, and no other", (ours, what) => {
  const missed = goalsOf(summariesOf(ours)).filter(({ holds }) => !holds);

  expect(missed).toHaveLength(3);
  expect(missed.every(({ title }) => title.includes("S3") && title.includes(what))).toBe(true);
});

it("an upload to GCS at less than 0.95 of the plain stream's throughput is told as missed", () => {
  const goals = goalsOf(summariesOf({ wallMs: 1_060 }));
  const gcs = goals.find(({ title }) => title.startsWith("GCS"));

  expect(gcs).toMatchObject({ holds: false, measured: 1_000 / 1_060 });
  expect(reportOf([], goals)).toMatch(/GCS up.*0\.94.*missed/);
});

it("the sink counts for goals where it ran, and the double where it alone did", () => {
  expect(goalsOf(summariesOf({}, ["double", "sink"]))).toHaveLength(10);
  expect(goalsOf(summariesOf({}, ["double"]))).toHaveLength(10);
});

it("ratios are to the peer against the same server", () => {
  const [double, sink] = [4, 1].map((slowness) => ({ ...PEER, wallMs: slowness * 1_000 }));
  const results = CONTENDERS.flatMap((contender) => [
    { contender, server: "double" as const, rounds: [double ?? PEER] },
    { contender, server: "sink" as const, rounds: [sink ?? PEER] },
  ]);

  const ratios = summarise(results, 1e9).flatMap(({ toPeer }) => (toPeer ? [toPeer.throughput.median] : []));

  expect(ratios).toEqual(Array(12).fill(1));
});

it("a peak of ours above 200 MB is a problem, and one of a peer's is none", () => {
  expect(problemsOf(summariesOf({ peakRss: 201e6 }))).toHaveLength(6);
  expect(problemsOf(summariesOf({ peakRss: 200e6 }))).toEqual([]);
  const peers = summarise([{ contender: peerOf("s3"), server: "sink", rounds: [{ ...PEER, peakRss: 300e6 }] }], 1e9);
  expect(problemsOf(peers)).toEqual([]);
});

it("other bytes than those that were sent are a problem, whoever brought them", () => {
  const rounds = [PEER, { ...PEER, isEqual: false }];
  const summaries = summarise([{ contender: peerOf("gcs"), server: "double", rounds }], 1e9);

  expect(problemsOf(summaries)).toEqual([expect.stringContaining("did not bring the bytes")]);
  expect(reportOf(summaries, [])).toContain("DIFFERENT");
});

it("the report holds megabytes per second, seconds per gigabyte and ratios to the peer", () => {
  const report = reportOf(summariesOf({ wallMs: 500, cpuMs: 250 }), []);

  expect(report).toMatch(/\| Stowage +\| 2000 \| +2\.00 \| +0\.25 \| +0\.25 \| +150 \| equal \|/);
});

function peerOf(service: string): Contender {
  const peer = CONTENDERS.find((contender) => contender.service === service && contender.role === "peer");
  if (!peer) throw new Error(`${service} has no peer`);
  return peer;
}
