import { SURVIVES_FAST } from "../broken-drivers/told-apart.ts";
import type { Verdict } from "./judge-matrix.ts";
import { ALL_CASES, ALL_FLAWS, firstTierOf, type Kills, tierOf } from "./matrix.ts";

/** The table of flaws, that of cases, and the summary, as Markdown. */
export function printMatrix(matrix: readonly Kills[], verdict: Verdict): string {
  const rows = [...matrix].sort((left, right) => left.index - right.index);
  return [
    "# Kill matrix",
    summaryOf(matrix, verdict),
    "## Flaws",
    table(["flaw", "kind", "first killed by", "cases that kill it"], rows.map(flawRow)),
    "## Cases",
    table(
      ["case", "tier", "kills", "alone", "why it stays"],
      ALL_CASES.map(({ id }) => caseRow(id, matrix, verdict)),
    ),
    "",
  ].join("\n\n");
}

/** The figures, one a line, and what is wrong. */
export function summaryOf(matrix: readonly Kills[], { drivers, alone, beside, wrong }: Verdict): string {
  const { all, first } = drivers;
  const runs = matrix.length * ALL_CASES.length;
  return [
    `- ${matrix.length} flaws, ${ALL_CASES.length} cases: about ${runs} runs`,
    `- ${all} flawed drivers: the fast tier kills ${first.fast ?? 0}, remote another ${first.remote ?? 0}, slow another ${first.slow ?? 0}, ${(first.none ?? 0) + (first.portable ?? 0)} survive`,
    `- ${alone.length} cases kill a flaw that no other case kills, ${beside.length} do not`,
    ...wrong.map((sentence) => `- WRONG: ${sentence}`),
  ].join("\n");
}

function flawRow(kills: Kills): string[] {
  const { name = "", kind = "" } = ALL_FLAWS[kills.index] ?? {};
  const first = firstTierOf(kills) ?? "nothing";
  const reason = SURVIVES_FAST[name];
  return [name, kind, reason ? `${first}: ${reason}` : first, kills.killedBy.join(", ")];
}

function caseRow(id: string, matrix: readonly Kills[], { alone, beside }: Verdict): string[] {
  const kills = matrix.filter(({ killedBy }) => killedBy.includes(id));
  const reason = beside.find((other) => other.id === id)?.reason ?? "";
  return [id, tierOf(id), String(kills.length), alone.includes(id) ? "yes" : "no", reason];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
