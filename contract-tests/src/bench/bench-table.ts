import type { BenchRow } from "./bench-filesystem.ts";
import type { Measured } from "./bench-stopwatch.ts";

/** What was measured, as a table in Markdown. A ratio of 1.25 says that the driver takes a quarter longer than its floor. */
export function benchTable(rows: readonly BenchRow[]): string {
  const hasFloor = rows.some(({ floor }) => floor !== undefined);
  const head = hasFloor ? ["call", "driver", "floor", "ratio"] : ["call", "driver"];
  const cells = rows.map(({ what, driver, floor, ratio }) =>
    hasFloor ? [what, shown(driver), floor ? shown(floor) : "", ratio?.toFixed(2) ?? ""] : [what, shown(driver)],
  );
  const lines = [head, head.map(() => "---"), ...cells].map((line) => `| ${line.join(" | ")} |\n`);
  return lines.join("");
}

function shown({ ms, mbPerSecond, requests }: Measured): string {
  const speed = mbPerSecond === undefined ? `${figures(ms)} ms` : `${figures(mbPerSecond)} MB/s`;
  return requests === undefined
    ? speed
    : `${speed}, ${Number(requests.toFixed(1))} ${requests === 1 ? "request" : "requests"}`;
}

/** Three figures, or all that stand before the point. */
function figures(value: number): string {
  return value < 100 ? value.toPrecision(3) : value.toFixed(0);
}
