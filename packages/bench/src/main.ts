import { archiveBenchmark } from "./archive/archive-benchmark.ts";
import { ARCHIVE_USAGE, parseArchiveOptions } from "./archive/archive-options.ts";
import type { BenchmarkControl } from "./benchmark-control.ts";
import { databasesBenchmark } from "./databases/databases-benchmark.ts";
import { DATABASES_USAGE, parseDatabasesOptions } from "./databases/databases-options.ts";
import { growthBenchmark } from "./growth/growth-benchmark.ts";
import { GROWTH_USAGE, parseGrowthOptions } from "./growth/growth-options.ts";
import { storageBenchmark } from "./storage/storage-benchmark.ts";
import { parseStorageOptions, STORAGE_USAGE } from "./storage/storage-options.ts";
import { transferBenchmark } from "./transfer/transfer-benchmark.ts";
import { parseTransferOptions, TRANSFER_USAGE } from "./transfer/transfer-options.ts";
import { UsageError } from "./usage-error.ts";

interface Benchmark {
  readonly usage: string;
  /** Resolves with whether everything was right. */
  readonly run: (args: readonly string[], control: BenchmarkControl) => Promise<boolean>;
}

const BENCHMARKS: ReadonlyMap<string, Benchmark> = new Map([
  ["archive", { usage: ARCHIVE_USAGE, run: (args, control) => archiveBenchmark(parseArchiveOptions(args), control) }],
  [
    "databases",
    { usage: DATABASES_USAGE, run: (args, control) => databasesBenchmark(parseDatabasesOptions(args), control) },
  ],
  ["growth", { usage: GROWTH_USAGE, run: (args, control) => growthBenchmark(parseGrowthOptions(args), control) }],
  ["storage", { usage: STORAGE_USAGE, run: (args, control) => storageBenchmark(parseStorageOptions(args), control) }],
  [
    "transfer",
    { usage: TRANSFER_USAGE, run: (args, control) => transferBenchmark(parseTransferOptions(args), control) },
  ],
]);

/** The benchmark that runs when none is named. */
const DEFAULT = "archive";
const USAGE_EXIT_CODE = 2;
const interruption = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => interruption.abort(new Error(`stopped by ${name}`)));
}
process.exitCode = await main(process.argv.slice(2));

/** Runs a benchmark and resolves with the exit code. */
async function main(args: readonly string[]): Promise<number> {
  if (args.some((each) => each === "help" || each === "--help" || each === "-h")) {
    process.stdout.write(`${allUsages()}\n`);
    return 0;
  }
  const [first = ""] = args;
  const isNamed = first !== "" && !first.startsWith("-");
  const benchmark = BENCHMARKS.get(isNamed ? first : DEFAULT);
  if (!benchmark) return explain(new UsageError(`there is no benchmark called ${first}`), allUsages());
  try {
    return (await benchmark.run(isNamed ? args.slice(1) : args, control())) ? 0 : 1;
  } catch (error) {
    return explain(error, benchmark.usage);
  }
}

function control(): BenchmarkControl {
  return {
    print: (text) => void process.stdout.write(`${text}\n`),
    progress: (text) => void process.stderr.write(`${text}\n`),
    signal: interruption.signal,
  };
}

function allUsages(): string {
  return [...BENCHMARKS.values()].map(({ usage }) => usage).join("\n\n");
}

function explain(error: unknown, usage: string): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return USAGE_EXIT_CODE;
  }
  const reason = interruption.signal.aborted ? interruption.signal.reason : error;
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  return 1;
}
