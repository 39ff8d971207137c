import type { DatasetName } from "../datasets/dataset.ts";
import { pairedRatio, type Spread, spreadOf } from "../statistics.ts";
import { type Operation, STOWAGE } from "./contenders.ts";
import type { ArchiveResult, Round } from "./measure-dataset.ts";

/** What Stowage costs, divided by what the peer costs, in the same rounds. */
interface RatioToPeer {
  readonly stowage: string;
  readonly wall: Spread;
  readonly cpu: Spread;
}

/** What is told of one contender on one dataset. */
export interface Summary {
  readonly dataset: DatasetName;
  readonly operation: Operation;
  readonly contender: string;
  readonly title: string;
  /** Seconds. */
  readonly wall: Spread;
  /** Seconds of user and system time. */
  readonly cpu: Spread;
  /** Bytes, the highest of all rounds. */
  readonly peakRss: number;
  /** Bytes. */
  readonly archiveSize: number;
  /** One for each run of Stowage on the same dataset; none for Stowage itself. */
  readonly ratios: readonly RatioToPeer[];
  /** What was wrong, each thing once. */
  readonly differences: readonly string[];
}

/** Sums the rounds up. */
export function summarise(results: readonly ArchiveResult[]): Summary[] {
  return results.map((result) => {
    const { dataset, operation, contender, title, rounds } = result;
    return {
      ...{ dataset, operation, contender, title },
      wall: spreadOf(rounds.map(wallOf)),
      cpu: spreadOf(rounds.map(cpuOf)),
      peakRss: Math.max(...rounds.map(({ peakRss }) => peakRss)),
      archiveSize: Math.max(...rounds.map(({ archiveSize }) => archiveSize)),
      ratios: isStowage(contender) ? [] : ratiosOf(result, results),
      differences: [...new Set(rounds.flatMap(({ difference }) => difference ?? []))],
    };
  });
}

/** Whether it is a run of ours. */
export function isStowage(contender: string): boolean {
  return contender.startsWith(STOWAGE);
}

/** Says what must never be, on any machine: this fails the run, goals do not. */
export function problemsOf(summaries: readonly Summary[]): string[] {
  return summaries.flatMap(({ dataset, operation, title, differences }) =>
    differences.map((difference) => `${title} (${operation} ${dataset}): ${difference}`),
  );
}

function ratiosOf(peer: ArchiveResult, results: readonly ArchiveResult[]): RatioToPeer[] {
  const ours = results.filter(({ dataset, operation, contender }) => {
    return isStowage(contender) && dataset === peer.dataset && operation === peer.operation;
  });
  return ours.map(({ contender, rounds }) => ({
    stowage: contender,
    wall: pairedRatio(rounds.map(wallOf), peer.rounds.map(wallOf)),
    cpu: pairedRatio(rounds.map(cpuOf), peer.rounds.map(cpuOf)),
  }));
}

function wallOf({ wallMs }: Round): number {
  return wallMs / 1e3;
}

function cpuOf({ cpuMs }: Round): number {
  return cpuMs / 1e3;
}
