import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DatasetName } from "../datasets/dataset.ts";
import type { Goal } from "../goal.ts";
import { type CompareControl, type ComparisonResult, compareJobs } from "./compare-jobs.ts";
import { entriesComparison, listLocalComparison, listS3Comparison, restoreComparison } from "./comparisons.ts";
import { createComparison } from "./create-comparison.ts";
import { memoryGoal, ratioGoals, requestGoal } from "./storage-goals.ts";
import type { StorageOptions } from "./storage-options.ts";

/** A comparison and what is asked of it. */
export interface Measured {
  readonly result: ComparisonResult;
  readonly goals: readonly Goal[];
}

const PAGE_SIZE = 1_000;
const RANGE_SIZE = 8 * 1_024 * 1_024;
const REMOTE: readonly DatasetName[] = ["d1", "d3"];

/** Measures the parts that are asked for, one comparison after the other. */
export async function measureParts(options: StorageOptions, control: CompareControl): Promise<Measured[]> {
  const { parts, backups } = options;
  const measured: Measured[] = [];
  if (parts.includes("list")) measured.push(await listLocal(backups, control), await listS3(backups, control));
  if (parts.includes("entries")) measured.push(await entries(options, control));
  for (const name of parts.includes("create") ? REMOTE : []) measured.push(await create(name, options, control));
  for (const name of parts.includes("restore") ? REMOTE : []) measured.push(await restore(name, options, control));
  return measured;
}

async function listLocal(backups: number, control: CompareControl): Promise<Measured> {
  const result = await compareJobs(await listLocalComparison(backups, control), control);
  return { result, goals: ratioGoals(result, 0.6) };
}

async function listS3(backups: number, control: CompareControl): Promise<Measured> {
  const result = await compareJobs(listS3Comparison(backups), control);
  return { result, goals: [...ratioGoals(result, 0.6), requestGoal(result, Math.ceil(backups / PAGE_SIZE))] };
}

async function entries(options: StorageOptions, control: CompareControl): Promise<Measured> {
  const result = await compareJobs(await entriesComparison(options, control), control);
  await rm(join(control.work, "d2"), { recursive: true });
  return { result, goals: [requestGoal(result, 3)] };
}

async function create(name: DatasetName, { remote }: StorageOptions, control: CompareControl): Promise<Measured> {
  const result = await compareJobs(await createComparison(name, remote, control), control);
  await rm(join(control.work, name), { recursive: true });
  return { result, goals: [...ratioGoals(result, 0.8), memoryGoal(result, 170)] };
}

async function restore(name: DatasetName, { remote }: StorageOptions, control: CompareControl): Promise<Measured> {
  const { comparison, archiveSize } = await restoreComparison(name, remote, control);
  const result = await compareJobs(comparison, control);
  await rm(join(control.work, name), { recursive: true });
  const most = 3 + Math.ceil(archiveSize / RANGE_SIZE);
  return { result, goals: [...ratioGoals(result, 0.5), requestGoal(result, most)] };
}
