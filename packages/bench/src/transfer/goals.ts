import { atLeast, atMost, type Goal } from "../goal.ts";
import type { Summary } from "./summary.ts";

/** Bytes that no transfer of ours may ever hold. */
const HIGHEST_PEAK = 200e6;

/** Says of each goal for uploads whether it is reached. The sink counts where it ran: a double is slower than its clients. */
export function goalsOf(summaries: readonly Summary[]): Goal[] {
  const server = summaries.some((summary) => summary.server === "sink") ? "sink" : "double";
  return summaries
    .filter((summary) => summary.server === server && summary.direction === "up")
    .flatMap((summary) => (summary.service === "s3" ? s3Goals(summary) : gcsGoals(summary)));
}

/** Says what must never be, on any machine: these fail the run, goals do not. */
export function problemsOf(summaries: readonly Summary[]): string[] {
  return summaries.flatMap(({ title, server, service, direction, role, peakRss, isEqual }) => {
    const name = `${title} (${service} ${direction}, ${server})`;
    const isTooLarge = role === "stowage" && !(peakRss <= HIGHEST_PEAK);
    return [
      ...(isTooLarge ? [`${name} held ${Math.round(peakRss / 1e6)} MB, more than ${HIGHEST_PEAK / 1e6}`] : []),
      ...(isEqual ? [] : [`${name} did not bring the bytes that were sent`]),
    ];
  });
}

function s3Goals({ title, toPeer }: Summary): Goal[] {
  if (!toPeer) return [];
  const { throughput, cpuPerGb, peakRss } = toPeer;
  return [
    atLeast(`S3 up, ${title}: throughput ≥ 1.1 × lib-storage`, throughput.median, 1.1),
    atMost(`S3 up, ${title}: CPU per GB ≤ 0.85 × lib-storage`, cpuPerGb.median, 0.85),
    atMost(`S3 up, ${title}: peak RSS below lib-storage`, peakRss, 1),
  ];
}

function gcsGoals({ title, toPeer }: Summary): Goal[] {
  if (!toPeer) return [];
  return [atLeast(`GCS up, ${title}: throughput ≥ 0.95 × the plain stream`, toPeer.throughput.median, 0.95)];
}
