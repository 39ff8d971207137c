import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { judgeMatrix } from "./judge-matrix.ts";
import { ALL_FLAWS, firstTierOf, type Kills } from "./matrix.ts";
import { printMatrix, summaryOf } from "./print-matrix.ts";
import { runMatrix } from "./run-matrix.ts";

const { values } = parseArgs({
  options: { out: { type: "string" }, only: { type: "string" }, processes: { type: "string" } },
});
const { out, only = "", processes = String(availableParallelism()) } = values;

const indexes = ALL_FLAWS.map((_, index) => index).filter((index) => ALL_FLAWS[index]?.name.includes(only));
const matrix: Kills[] = [];
await runMatrix(indexes, { processes: Number(processes), onKills: tell });
const verdict = judgeMatrix(matrix);
if (out) writeFileSync(out, printMatrix(matrix, verdict));
if (only) console.log("only some flaws were run: the figures of the whole matrix are other ones");
console.log(summaryOf(matrix, only ? { ...verdict, wrong: [] } : verdict));
process.exitCode = only || verdict.wrong.length === 0 ? 0 : 1;

function tell(kills: Kills): void {
  matrix.push(kills);
  const { name = "", kind = "" } = ALL_FLAWS[kills.index] ?? {};
  const killers = kills.killedBy.length > 6 ? [...kills.killedBy.slice(0, 6), "…"] : kills.killedBy;
  console.log(
    `${firstTierOf(kills) ?? "SURVIVES"} | ${kind} | ${name} | ${kills.killedBy.length}: ${killers.join(", ")}`,
  );
}
