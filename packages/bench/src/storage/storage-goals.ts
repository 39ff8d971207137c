import { atMost, type Goal } from "../goal.ts";
import { pairedRatio, type Spread } from "../statistics.ts";
import type { ComparisonResult } from "./compare-jobs.ts";

/** Stowage's wall time by that of its peer, within each round, if it has one. */
export function ratioOf({ jobs: [ours, peer] }: ComparisonResult): Spread | undefined {
  if (!ours || !peer) return undefined;
  return pairedRatio(
    ours.rounds.map(({ wallMs }) => wallMs),
    peer.rounds.map(({ wallMs }) => wallMs),
  );
}

export function ratioGoals(result: ComparisonResult, wanted: number): Goal[] {
  const ratio = ratioOf(result);
  return ratio ? [atMost(`${result.title}: wall ≤ ${wanted} × ${result.jobs[1]?.title}`, ratio.median, wanted)] : [];
}

/** Of Stowage, in every round. */
export function requestGoal({ title, jobs }: ComparisonResult, wanted: number): Goal {
  const requests = jobs[0]?.rounds.map((round) => round.requests) ?? [];
  return atMost(`${title}: requests ≤ ${wanted}`, Math.max(...requests), wanted);
}

/** Of Stowage's process, in every round. In megabytes of 1,000,000 bytes. */
export function memoryGoal({ title, jobs }: ComparisonResult, wanted: number): Goal {
  const peaks = jobs[0]?.rounds.map(({ peakRss }) => peakRss / 1e6) ?? [];
  return atMost(`${title}: peak RSS ≤ ${wanted} MB`, Math.max(...peaks), wanted);
}
