import type { CallTrace } from "../case/call-trace.ts";

/** Calls that a failure names. */
const NAMED_CALLS = 5;

/** Adds to a failure what led to it: the calls of the driver, those that never ended, and the seed that repeats it. */
export function naming(error: unknown, trace: CallTrace, seed: number): unknown {
  if (!(error instanceof Error)) return error;
  const { message, stack } = error;
  const lines = [`${message} [seed ${seed}]`, ...tracedLines(trace)];
  error.message = lines.join("\n");
  if (stack?.includes(message)) error.stack = stack.replace(message, () => error.message); // some runners print the stack alone
  return error;
}

export function tracedLines(trace: CallTrace): string[] {
  const pending = trace.pending();
  const last = trace.last(NAMED_CALLS);
  return [
    ...(pending.length > 0 ? [`pending: ${pending.slice(-NAMED_CALLS).join(", ")}`] : []),
    ...(last ? [`the driver's last calls: ${last}`] : []),
  ];
}
