import type { DatasetName } from "../datasets/dataset.ts";
import { atMost, type Goal } from "../goal.ts";
import { type Operation, REFERENCE, STOWAGE, STOWAGE_FOREIGN } from "./contenders.ts";
import { isStowage, type Summary } from "./summary.ts";

/** The highest ratio of Stowage's wall time to a peer's. */
type Ratios = Readonly<Record<string, number>>;

const CREATE: Readonly<Record<DatasetName, Ratios>> = {
  d1: { go: 0.5, zip: 0.43, "yazl-1": 0.3, yazl: 0.2, "archiver-1": 0.25, archiver: 0.17 },
  d2: { go: 0.12, zip: 0.5, "yazl-1": 0.1, yazl: 0.1, "archiver-1": 0.06, archiver: 0.06 },
  d3: { go: 0.4, zip: 0.04, "yazl-1": 0.04, yazl: 0.04, "archiver-1": 0.04, archiver: 0.04 },
};
const RESTORE: Readonly<Record<DatasetName, Ratios>> = {
  d1: { go: 0.42, unzip: 0.33, yauzl: 0.2, "extract-zip": 0.17 },
  d2: { go: 0.55, unzip: 0.55, yauzl: 0.06, "extract-zip": 0.03 },
  d3: { go: 1, unzip: 0.2, yauzl: 0.06, "extract-zip": 0.08 },
};
/** Restores of D1 from an archive that another program made. */
const RESTORE_FOREIGN: Ratios = { go: 0.55, unzip: 0.45, yauzl: 0.25, "extract-zip": 0.23 };
const CPU_OF_CREATE = 0.95;

const MOST_MEMORY: Readonly<Record<Operation, number>> = { create: 130e6, restore: 150e6 };
const FREE_FILES = 30_000;
const MEMORY_PER_FILE = 500;

/** Says of each goal for which both sides ran whether it is reached. They are meant for the full datasets on two cores. */
export function goalsOf(summaries: readonly Summary[], files: Readonly<Record<string, number>>): Goal[] {
  return [
    ...summaries.flatMap(wallGoals),
    ...summaries.flatMap(cpuGoals),
    ...summaries.flatMap((summary) => memoryGoals(summary, files[summary.dataset] ?? 0)),
    ...summaries.flatMap((summary) => sizeGoals(summary, summaries)),
  ];
}

function wallGoals({ dataset, operation, contender, title, ratios }: Summary): Goal[] {
  return ratios.flatMap(({ stowage, wall }) => {
    const wanted = tableOf(operation, dataset, stowage)[contender];
    if (wanted === undefined) return [];
    const what = stowage === STOWAGE_FOREIGN ? "restore of another's archive" : operation;
    return [atMost(`${dataset.toUpperCase()} ${what}: wall ≤ ${wanted} × ${title}`, wall.median, wanted)];
  });
}

function tableOf(operation: Operation, dataset: DatasetName, stowage: string): Ratios {
  if (operation === "create") return CREATE[dataset];
  if (stowage === STOWAGE) return RESTORE[dataset];
  return dataset === "d1" ? RESTORE_FOREIGN : {};
}

function cpuGoals({ dataset, operation, contender, title, ratios }: Summary): Goal[] {
  const [ours] = ratios;
  if (dataset !== "d1" || operation !== "create" || contender !== REFERENCE || !ours) return [];
  return [atMost(`D1 create: CPU ≤ ${CPU_OF_CREATE} × ${title}`, ours.cpu.median, CPU_OF_CREATE)];
}

function memoryGoals({ dataset, operation, contender, title, peakRss }: Summary, files: number): Goal[] {
  if (!isStowage(contender) || Number.isNaN(peakRss)) return [];
  const extra = operation === "create" ? Math.max(0, files - FREE_FILES) * MEMORY_PER_FILE : 0;
  const wanted = (MOST_MEMORY[operation] + extra) / 1e6;
  return [atMost(`${dataset.toUpperCase()} ${operation}, ${title}: peak RSS ≤ ${wanted} MB`, peakRss / 1e6, wanted)];
}

function sizeGoals(
  { dataset, operation, contender, title, archiveSize }: Summary,
  summaries: readonly Summary[],
): Goal[] {
  const ours = summaries.find((other) => {
    return other.dataset === dataset && other.operation === "create" && other.contender === STOWAGE;
  });
  if (operation !== "create" || contender !== REFERENCE || !ours) return [];
  return [atMost(`${dataset.toUpperCase()} create: archive ≤ 1 × ${title}`, ours.archiveSize / archiveSize, 1)];
}
