import { type Goal, goalTable } from "../goal.ts";
import { markdownTable } from "../markdown-table.ts";
import { ratioText } from "../statistics.ts";
import type { Summary } from "./summary.ts";

const HEADER = ["contender", "MB/s", "× peer", "CPU s/GB", "× peer", "peak RSS MB", "bytes"];
const SERVERS = {
  double: "the test double, strict and with data on disk: it is slower than its clients, so MB/s are its own",
  sink: "the sink, which compares bytes and keeps none",
};

/** Lays the figures out: a table per server, service and direction, then the goals. */
export function reportOf(summaries: readonly Summary[], goals: readonly Goal[]): string {
  return [...tablesOf(summaries), goalTable(goals)].join("\n\n");
}

function tablesOf(summaries: readonly Summary[]): string[] {
  const titles = [...new Set(summaries.map(titleOf))];
  return titles.map((title) => {
    const rows = summaries.filter((summary) => titleOf(summary) === title).map(rowOf);
    return `${title}\n\n${markdownTable(HEADER, rows)}`;
  });
}

function titleOf({ service, direction, server }: Summary): string {
  return `${service === "s3" ? "S3" : "GCS"} ${direction}, against ${SERVERS[server]}`;
}

function rowOf({ title, throughput, cpuPerGb, peakRss, isEqual, toPeer }: Summary): string[] {
  return [
    title,
    throughput.median.toFixed(0),
    toPeer ? ratioText(toPeer.throughput) : "",
    cpuPerGb.median.toFixed(2),
    toPeer ? ratioText(toPeer.cpuPerGb) : "",
    (peakRss / 1e6).toFixed(0),
    isEqual ? "equal" : "DIFFERENT",
  ];
}
