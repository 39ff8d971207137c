import { cases } from "./cases.ts";
import type { ContractCase } from "./contract-case.ts";

/** Prints all cases as Markdown: one table for each group. */
export function casesTable(): string {
  const groups = new Set(cases.map(groupOf));
  return [...groups].map((group) => groupTable(group)).join("\n");
}

function groupOf({ id }: ContractCase): string {
  return id.slice(0, id.indexOf("/"));
}

function groupTable(group: string): string {
  const members = cases.filter((contractCase) => groupOf(contractCase) === group);
  const head = ["| case | promise | tier | needs |", "|---|---|---|---|"];
  return [`### ${group}`, "", ...head, ...members.map(row), ""].join("\n");
}

function row({ id, title, tier, needs = [] }: ContractCase): string {
  const cells = [`\`${id}\``, title.replaceAll("|", "\\|"), tier, needs.map((need) => `\`${need}\``).join(" ")];
  return `| ${cells.join(" | ")} |`;
}
