import { markdownTable } from "./markdown-table.ts";

export interface Goal {
  readonly title: string;
  readonly measured: number;
  readonly wanted: number;
  readonly holds: boolean;
}

export function atLeast(title: string, measured: number, wanted: number): Goal {
  return { title, measured, wanted, holds: measured >= wanted };
}

export function atMost(title: string, measured: number, wanted: number): Goal {
  return { title, measured, wanted, holds: measured <= wanted };
}

export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map((goal) => [goal.title, measuredText(goal), goal.holds ? "holds" : "missed"]);
  return markdownTable(["goal", "measured", ""], rows);
}

/** Two decimals, or as many as it takes to tell a near miss from a hit. */
function measuredText({ measured, wanted }: Goal): string {
  let digits = 2;
  while (measured !== wanted && digits < 6 && measured.toFixed(digits) === wanted.toFixed(digits)) digits++;
  return measured.toFixed(digits);
}
