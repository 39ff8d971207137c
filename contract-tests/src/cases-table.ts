import type { ContractCase } from "./case/contract-case.ts";
import { cases } from "./cases.ts";

/** Prints cases as Markdown: one table for each group. All that drivers can break when left out. */
export function casesTable(shown: readonly ContractCase[] = cases): string {
  const groups = new Set(shown.map(groupOf));
  return [...groups].map((group) => groupTable(group, shown)).join("\n");
}

function groupOf({ id }: ContractCase): string {
  return id.slice(0, id.indexOf("/"));
}

function groupTable(group: string, shown: readonly ContractCase[]): string {
  const members = shown.filter((contractCase) => groupOf(contractCase) === group);
  const head = ["| case | promise | tier | needs |", "|---|---|---|---|"];
  return [`### ${group}`, "", ...head, ...members.map(row), ""].join("\n");
}

function row({ id, title, tier, needs = [] }: ContractCase): string {
  const cells = [`\`${id}\``, title.replaceAll("|", "\\|"), tier, needs.map((need) => `\`${need}\``).join(" ")];
  return `| ${cells.join(" | ")} |`;
}
