import { goalTable } from "../goal.ts";
import { machineText } from "../machine.ts";
import type { ArchiveFigures } from "./archive-figures.ts";
import type { DatasetFigures } from "./bench-dataset.ts";
import { durableTable } from "./durable-restore.ts";
import { archiveTable } from "./report.ts";
import { responsivenessTable } from "./responsiveness.ts";
import type { Summary } from "./summary.ts";

const CREATE_NOTE =
  "From the call, or the start of a program, to the finished archive. Stowage locks, syncs and publishes too.";
const RESTORE_NOTE = `Everybody extracts the archive that Stowage made; "archive of another" is PocketBase's, if Go is there. Stowage: up to
the moment before the data is replaced, when everything is staged, checked by size and CRC, and synced.`;
const DISK_NOTE =
  "Durable: Stowage's restore up to the swap less its extraction of the same archive, beside `sync -f`.";

/** Prints all tables, the goals and what was wrong. */
export function printArchiveFigures(figures: ArchiveFigures, print: (text: string) => void): void {
  const { results, goals, problems, quick } = figures;
  for (const text of heading(figures)) print(text);
  for (const { title, summaries } of chartPanels(figures)) {
    const isCreate = summaries[0]?.operation === "create";
    const size = results.find(({ dataset }) => dataset === summaries[0]?.dataset)?.size ?? 0;
    print(`\n## ${title}\n\n${isCreate ? CREATE_NOTE : RESTORE_NOTE}\n\n${archiveTable(summaries, size)}`);
  }
  const durable = results.flatMap((each) => each.durable ?? []);
  if (durable.length > 0) print(`\n## What durability costs on a disk\n\n${DISK_NOTE}\n\n${durableTable(durable)}`);
  print(`\n## The application meanwhile\n\n${responsivenessTable(results.map((each) => each.responsiveness))}`);
  const note = quick ? "They are meant for the full datasets; this run was a quick one.\n\n" : "";
  print(`\n## Goals\n\n${note}${goalTable(goals)}\n`);
  for (const problem of problems) print(`problem: ${problem}`);
}

/** The tables and panels in their order, each with its title. */
export function chartPanels({ results }: ArchiveFigures): { title: string; summaries: Summary[] }[] {
  return results.flatMap((figures) =>
    (["create", "restore"] as const).map((operation) => ({
      title: `${operation === "create" ? "Create" : "Restore"}, ${figures.title}`,
      summaries: figures.summaries.filter((summary) => summary.operation === operation),
    })),
  );
}

function heading(figures: ArchiveFigures): string[] {
  const { rounds, seed, place, quick, results, tools, missing } = figures;
  const lies = place === "memory" ? "in memory, where nothing waits for a disk" : "on a disk";
  return [
    `${quick ? "Quick run: " : ""}${rounds} rounds in rotated order after one warm-up, seed ${seed}; medians, ratios within a round (least–most)`,
    machineText(figures),
    `Data, archives and trees lie ${lies}`,
    ...results.map(datasetLine),
    ...Object.entries(tools).map(([name, version]) => `with ${name}: ${version}`),
    ...Object.entries(missing).map(([name, reason]) => `without ${name}: ${reason}`),
  ];
}

function datasetLine({ title, files, size }: DatasetFigures): string {
  return `${title}: ${files} files, ${(size / 1e6).toFixed(1)} MB`;
}
