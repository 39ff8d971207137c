import { abortError, StowageError } from "../errors.ts";
import type { Classification } from "./driver.ts";

export interface ErrorContext {
  readonly operation: string;
  readonly key?: string | undefined;
  /** The caller's signal. */
  readonly signal?: AbortSignal | undefined;
  /** Aborted when the filesystem closes. */
  readonly closing: AbortSignal;
  classify(error: unknown): Classification;
}

/**
 * Makes the one error that a caller sees of whatever was thrown: operation and key added, the code from `classify`,
 * the thrown error as cause. An abort or a close that caused the failure outranks what it looked like to the driver.
 */
export function wrapError(error: unknown, context: ErrorContext): StowageError {
  const { operation, key, signal, closing } = context;
  const where = key === undefined ? { operation } : { operation, key };
  if (signal?.aborted) return abortError(signal, where);
  if (closing.aborted) return new StowageError("CLOSED", `cannot ${describe(where)}: the filesystem is closed`, where);
  if (error instanceof StowageError) return inContext(error, where);
  const { code, retryable } = context.classify(error);
  const message = error instanceof Error ? error.message : String(error);
  return new StowageError(code, `cannot ${describe(where)}: ${message}`, { ...where, retryable, cause: error });
}

/** Adds operation and key to an error that names none. */
export function inContext(
  error: StowageError,
  { operation, key }: Pick<ErrorContext, "operation" | "key">,
): StowageError {
  if (error.operation !== undefined) return error;
  const where = typeof key === "string" ? { operation, key } : { operation };
  const { code, retryable, reason } = error;
  return new StowageError(code, `cannot ${describe(where)}: ${error.message}`, {
    ...where,
    retryable,
    ...(reason === undefined ? {} : { reason }),
    cause: error.cause ?? error,
  });
}

function describe({ operation, key }: { operation: string; key?: string }): string {
  return key === undefined ? operation : `${operation} ${JSON.stringify(key)}`;
}
