import { markdownTable } from "../markdown-table.ts";
import { ratioText } from "../statistics.ts";
import { isStowage, type Summary } from "./summary.ts";

/** Lays the figures of one dataset and one operation out. */
export function archiveTable(summaries: readonly Summary[], dataSize: number): string {
  const ours = summaries.filter(({ contender }) => isStowage(contender));
  const isCreate = summaries[0]?.operation === "create";
  const ratios = isCreate ? ["Stowage ÷ it"] : ours.map((_, index) => RATIO_TITLES[index] ?? "");
  const sizes = isCreate ? ["archive MB", "of the data"] : [];
  const header = ["contender", "wall s", ...ratios, "CPU s", "CPU ÷ it", "peak RSS MB", ...sizes, "checked"];
  const rows = summaries.map((summary) => [
    summary.title,
    summary.wall.median.toFixed(2),
    ...ours.map(({ contender }) => ratioTo(summary, contender)),
    summary.cpu.median.toFixed(2),
    summary.ratios[0] ? ratioText(summary.ratios[0].cpu) : "",
    (summary.peakRss / 1e6).toFixed(0),
    ...(isCreate ? sizeCells(summary, dataSize) : []),
    summary.differences.length === 0 ? "right" : "WRONG",
  ]);
  return markdownTable(header, rows);
}

const RATIO_TITLES = ["own ÷ it", "another's ÷ it"];

function ratioTo({ ratios }: Summary, contender: string): string {
  const ratio = ratios.find(({ stowage }) => stowage === contender);
  return ratio ? ratioText(ratio.wall) : "";
}

function sizeCells({ archiveSize }: Summary, dataSize: number): string[] {
  return [(archiveSize / 1e6).toFixed(1), `${((100 * archiveSize) / dataSize).toFixed(1)} %`];
}
