import { stat } from "node:fs/promises";
import { join } from "node:path";
import { formatCount, formatSeconds, formatSize } from "./format.ts";
import { makeDataDirectory } from "./make-data-directory.ts";
import { openStorage } from "./open-storage.ts";
import { peakMemory } from "./peak-memory.ts";
import type { Screen } from "./progress-bar.ts";
import { type Options, readOptions, USAGE } from "./read-options.ts";
import { type MainJob, type MainJobResult, runMainJob } from "./run-main-job.ts";
import { keepOnlyBackups, makeWorkDirectory, removeWorkDirectory, type WorkDirectory } from "./work-directory.ts";

const SAMPLE = { seed: 1, files: 1000, size: 60_000_000 };
const SHOWN = 20;

export interface Command {
  readonly args: readonly string[];
  /** The directory that relative arguments start from. */
  readonly startedIn: string;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/** Runs the main job as a command, and resolves with its exit code: 0 if everything came back that the archive holds, 1 if not. */
export async function runCommand({ args, startedIn, screen, signal }: Command): Promise<number> {
  try {
    const options = readOptions(args, startedIn);
    if (!options.help) return await run(options, screen, signal);
    screen.write(`${USAGE}\n`);
    return 0;
  } catch (error) {
    screen.write(`\nIt did not work: ${describe(error)}\n\n`);
    return 1;
  }
}

async function run(options: Options, screen: Screen, signal: AbortSignal): Promise<number> {
  if (options.dataDir !== undefined) await requireDirectory(options.dataDir);
  const work = await makeWorkDirectory();
  try {
    screen.write("\nStowage backs a directory up, brings it back elsewhere, and compares the two.\n\n");
    const dataDir = options.dataDir ?? (await makeSample(work, screen));
    const result = await backUp(options, work, { dataDir, screen, signal });
    if (result.differences.length > 0) return reportDifferences(result, work, screen);
    if (!options.keep) await (options.to === undefined ? keepOnlyBackups(work) : removeWorkDirectory(work));
    await reportSuccess(options, work, result, screen);
    return 0;
  } catch (error) {
    if (!options.keep) await removeWorkDirectory(work);
    throw error;
  }
}

async function requireDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw new Error(`${path} is not a directory.`);
}

async function makeSample(work: WorkDirectory, screen: Screen): Promise<string> {
  const startedAt = performance.now();
  await makeDataDirectory(work.sample, SAMPLE);
  const seconds = formatSeconds((performance.now() - startedAt) / 1000);
  screen.write(`  sample   ${formatCount(SAMPLE.files)} files, about ${formatSize(SAMPLE.size)}  ${seconds}\n`);
  return work.sample;
}

async function backUp(
  options: Options,
  work: WorkDirectory,
  job: Pick<MainJob, "dataDir" | "screen" | "signal">,
): Promise<MainJobResult> {
  const filesystem = await openStorage(options.to, work.backups);
  try {
    const name = `main-job-${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}.zip`;
    return await runMainJob({ ...job, restoredDir: work.restored, stateDir: work.state, filesystem, name });
  } finally {
    await filesystem.close();
  }
}

async function reportSuccess(
  options: Options,
  work: WorkDirectory,
  { key, leftBehind }: MainJobResult,
  screen: Screen,
): Promise<void> {
  const archive = options.to === undefined ? join(work.backups, key) : `${key} in ${options.to}`;
  const peak = await peakMemory();
  reportLeftBehind(leftBehind, screen);
  screen.write(`\n  archive  ${archive}\n  memory   ${formatSize(peak)} at its peak\n`);
  if (options.keep) screen.write(`  kept     ${work.root}\n`);
  screen.write(`
Try next
  npm start -- path/to/data         with a directory of your own; it is only read
  npm start -- --keep               keep the restored copy, to look at it
${options.to === undefined ? `  unzip -l ${archive}\n  rm -r ${work.root}\n` : ""}\n`);
}

/** "Everything" is said of everything only. */
function reportLeftBehind(leftBehind: MainJobResult["leftBehind"], screen: Screen): void {
  if (leftBehind.length === 0) {
    screen.write("\nEverything came back.\n");
    return;
  }
  screen.write(`\nWhat the archive holds came back. Not in it, with all below:\n`);
  for (const { name, reason } of leftBehind) screen.write(`  ${JSON.stringify(name)} (${reason})\n`);
}

function reportDifferences({ differences }: MainJobResult, work: WorkDirectory, screen: Screen): number {
  screen.write(`\n${formatCount(differences.length)} differences:\n`);
  for (const difference of differences.slice(0, SHOWN)) screen.write(`  ${difference}\n`);
  if (differences.length > SHOWN) screen.write("  …\n");
  screen.write(`\nA file that changed since the backup began differs rightly. Everything is kept in ${work.root}\n\n`);
  return 1;
}

/** The message of an error and of its causes: the first says what failed, the last says why. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? ` (${String(error.code)})` : "";
  return error.cause === undefined
    ? error.message + code
    : `${error.message}${code}\n  because: ${describe(error.cause)}`;
}
