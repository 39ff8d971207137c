import { mkdir, open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { touchMemory } from "../archive/bench-place.ts";
import { treeDifference } from "../archive/check-tree.ts";
import type { BenchmarkControl } from "../benchmark-control.ts";
import { makeDataset } from "../datasets/dataset.ts";
import type { Manifest } from "../datasets/manifest.ts";
import { type Machine, machineText, watchMachine } from "../machine.ts";
import { markdownTable } from "../markdown-table.ts";
import { runProgram } from "../run-program.ts";
import { pairedRatio, ratioText, rotated, type Spread, spreadOf } from "../statistics.ts";
import { withWorkDirectory } from "../work-directory.ts";
import type { DatabasesOptions } from "./databases-options.ts";
import { DATABASE, type DatabasesOrder } from "./databases-order.ts";

import { findSqliteNode } from "./sqlite-node.ts";

const PROCESS = fileURLToPath(new URL("./databases-process.js", import.meta.url));
const FILE_SIZE_MAX = 4_096;
/** The data, the copy that is made of the database, a backup, what is extracted, and memory that is touched before. */
const COPIES = 5;

/** The first byte of the database's file: SQLite's header starts with an S, and without it the file is like any other. */
const CONTENDERS = [
  { title: "a database, copied through SQLite", firstByte: "S" },
  { title: "the same bytes, but no database", firstByte: "X" },
] as const;

interface DatabasesJob {
  readonly title: string;
  readonly rounds: readonly { readonly wallMs: number; readonly peakRss: number; readonly size: number }[];
}

/** What `--json` writes. */
export interface DatabasesFigures extends Machine, Omit<DatabasesOptions, "json" | "directory"> {
  readonly benchmark: "databases";
  readonly jobs: readonly DatabasesJob[];
  /** Wall time with a database by that without one. */
  readonly ratio: Spread;
  readonly problems: readonly string[];
}

interface Place {
  readonly node: string;
  readonly work: string;
  readonly manifest: Manifest;
  readonly control: BenchmarkControl;
}

/** Measures what a database costs a create, prints it, and resolves with whether every backup was right. */
export async function databasesBenchmark(options: DatabasesOptions, control: BenchmarkControl): Promise<boolean> {
  const node = await findSqliteNode(control.signal);
  if (node === undefined) {
    control.print(
      "SKIPPED: this Node has no SQLite that copies databases, and `node .ci/install-database-tools.mjs` was not run",
    );
    return true;
  }
  const { json, directory, ...settings } = options;
  const machine = await watchMachine(control.progress);
  const size = COPIES * (options.size * 1.2 + options.files * FILE_SIZE_MAX);
  const measured = await withWorkDirectory({ parent: directory, size }, async ({ path: work }) => {
    return measure(options, { work, node, control });
  });
  const figures: DatabasesFigures = { benchmark: "databases", ...(await machine()), ...settings, ...measured };
  print(figures, control.print);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(figures, null, 2)}\n`);
  return measured.problems.length === 0;
}

async function measure({ size, files, rounds, seed }: DatabasesOptions, at: Omit<Place, "manifest">) {
  const { work, control } = at;
  control.progress(`making a database of ${size / 1e6} MB and ${files} files`);
  const dataDir = join(work, "data");
  const sizes = { files, seed, scale: 1, size: 1 };
  const { manifest } = await makeDataset("d2", { directory: dataDir, sizes, signal: control.signal });
  await runJob({ job: "fill", path: join(dataDir, DATABASE), size, seed }, at);
  const place = { ...at, manifest };
  const measured = CONTENDERS.map((contender) => ({ contender, rounds: [] as DatabasesJob["rounds"][number][] }));
  const problems: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { contender, rounds: done } of rotated(measured, round)) {
      control.progress(`round ${round + 1}: ${contender.title}`);
      await touchMemory(work, size, control.signal);
      const { problem, ...figures } = await runOnce(contender, place);
      done.push(figures);
      if (problem !== undefined) problems.push(`${contender.title}: ${problem}`);
    }
  }
  const jobs = measured.map(({ contender, rounds }) => ({ title: contender.title, rounds }));
  const [through, without] = jobs.map((job) => job.rounds.map(({ wallMs }) => wallMs));
  return { jobs, problems, ratio: pairedRatio(through ?? [], without ?? []) };
}

async function runOnce({ firstByte }: (typeof CONTENDERS)[number], place: Place) {
  const { work, manifest, control } = place;
  const [dataDir, directory, to] = ["data", "backups", "extracted"].map((name) => join(work, name)) as [
    string,
    string,
    string,
  ];
  await writeFirstByte(join(dataDir, DATABASE), firstByte);
  await mkdir(directory, { recursive: true });
  try {
    const { answer, peakRss } = await runJob<{ wallMs: number; size: number; warnings: readonly unknown[] }>(
      { job: "create", dataDir, directory },
      place,
    );
    const { wallMs, size, warnings } = answer;
    const { answer: checked } = await runJob<{ problem?: string }>({ job: "check", dataDir, directory, to }, place);
    await rm(join(to, DATABASE));
    const difference = await treeDifference(to, manifest, { keepsModes: true, signal: control.signal });
    const problem = warnings.length > 0 ? JSON.stringify(warnings) : (checked.problem ?? difference);
    return { wallMs, peakRss, size, problem };
  } finally {
    for (const path of [directory, to]) await rm(path, { recursive: true, force: true });
  }
}

async function writeFirstByte(path: string, byte: string): Promise<void> {
  const file = await open(path, "r+");
  await file.write(byte, 0, "latin1");
  await file.close();
}

async function runJob<Answer = unknown>(
  order: DatabasesOrder,
  { node, control }: Pick<Place, "node" | "control">,
): Promise<{ answer: Answer; peakRss: number }> {
  const args = ["--no-warnings", PROCESS, JSON.stringify(order)];
  const { output, peakRss } = await runProgram({ program: node, args }, control.signal);
  return { answer: JSON.parse(output) as Answer, peakRss };
}

function print({ jobs, ratio, problems, rounds, ...machine }: DatabasesFigures, print: (text: string) => void): void {
  print(`create of ${machine.size / 1e6} MB and ${machine.files} files, ${rounds} rounds in rotated order, medians`);
  print(`${machineText(machine)}\n`);
  const rows = jobs.map(({ title, rounds }, index) => [
    title,
    spreadOf(rounds.map(({ wallMs }) => wallMs)).median.toFixed(0),
    index === 0 ? ratioText(ratio) : "",
    (Math.max(...rounds.map(({ peakRss }) => peakRss)) / 1e6).toFixed(0),
    (spreadOf(rounds.map(({ size }) => size)).median / 1e6).toFixed(1),
  ]);
  print(markdownTable(["data", "wall ms", "÷ without", "peak RSS MB, helper too", "archive MB"], rows));
  for (const problem of problems) print(`problem: ${problem}`);
}
