import { transferBenchmark } from "./transfer/transfer-benchmark.ts";
import { parseTransferOptions, TRANSFER_USAGE } from "./transfer/transfer-options.ts";
import { UsageError } from "./usage-error.ts";

const USAGE_EXIT_CODE = 2;
const interruption = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  process.once(name, () => interruption.abort(new Error(`stopped by ${name}`)));
}
process.exitCode = await run(process.argv.slice(2)).catch(explain);

/** Runs a benchmark and resolves with the exit code. */
async function run([name, ...args]: readonly string[]): Promise<number> {
  if (name !== "transfer") throw new UsageError("name a benchmark: transfer");
  const options = parseTransferOptions(args);
  const print = (text: string) => void process.stdout.write(`${text}\n`);
  const progress = (text: string) => void process.stderr.write(`${text}\n`);
  const isRight = await transferBenchmark(options, { print, progress, signal: interruption.signal });
  return isRight ? 0 : 1;
}

function explain(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n\n${TRANSFER_USAGE}\n`);
    return USAGE_EXIT_CODE;
  }
  const reason = interruption.signal.aborted ? interruption.signal.reason : error;
  process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
  return 1;
}
