import { LEFT_BEHIND } from "../close-grace.ts";
import { abortError, StowageError } from "../errors.ts";
import { messageOf } from "../message-of.ts";
import { classifyThrown } from "./classify-thrown.ts";
import type { Classification } from "./driver.ts";

export interface ErrorContext {
  readonly operation: string;
  readonly key?: string | undefined;
  /** The caller's signal. */
  readonly signal?: AbortSignal | undefined;
  /** Aborted when the filesystem or the manager closes, with the error that says so. */
  readonly closing: AbortSignal;
  classify(error: unknown): Classification;
}

type Call = Pick<ErrorContext, "operation" | "key">;

/** What methods do, where their names make no sentence behind "cannot". */
const PHRASES: ReadonlyMap<string, string> = new Map([
  ["checkHealth", "check the health of the backups"],
  ["confirm", "confirm the restore of"],
  ["copyBackups", "copy backups"],
  ["drill", "drill with"],
  ["entries", "list the entries of"],
  ["exists", "look for"],
  ["keptPrevious", "look for previous data"],
  ["needsRecovery", "look for an interrupted restore"],
  ["openEntry", "open an entry of"],
  ["rollback", "roll back"],
  ["signUrl", "sign a URL of"],
]);

/**
 * Makes the one error that a caller sees of whatever was thrown: operation and key added, the code from `classify`,
 * the thrown error as cause. An abort or a close that caused the failure outranks what it looked like to the driver.
 */
export function wrapError(error: unknown, context: ErrorContext): StowageError {
  const { operation, key, signal, closing } = context;
  const where = key === undefined ? { operation } : { operation, key };
  if (signal?.aborted) return abortError(signal, where);
  if (closing.aborted) return closedError(error === LEFT_BEHIND ? error : closing.reason, where);
  if (error instanceof StowageError) return inContext(error, where);
  const { code, retryable } = classifyThrown(error, context);
  return new StowageError(code, `cannot ${describeCall(where)}: ${messageOf(error)}`, {
    ...where,
    retryable,
    cause: error,
  });
}

/**
 * Makes the error of the call that a user made of one that was made further in, or that names no call yet. It says once what
 * failed: a call that the first one made for the same key gives way to it.
 */
export function inContext(error: StowageError, { operation, key }: Call): StowageError {
  if (error.operation === operation) return error;
  const where = typeof key === "string" ? { operation, key } : { operation };
  const { code, retryable, reason } = error;
  return new StowageError(code, `cannot ${describeCall(where)}: ${detailOf(error, key)}`, {
    ...where,
    ...(where.key === undefined && error.key !== undefined ? { key: error.key } : {}),
    retryable,
    ...(reason === undefined ? {} : { reason }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  });
}

/** Names a call in a sentence behind "cannot": `list the entries of "a.zip"`. */
export function describeCall({ operation, key }: Call): string {
  const phrase = PHRASES.get(operation) ?? operation;
  return key === undefined ? phrase : `${phrase} ${JSON.stringify(key)}`;
}

/** What went wrong, without the call that said so, if that was for the same object. */
function detailOf(error: StowageError, key: string | undefined): string {
  const { operation, message } = error;
  if (operation === undefined || (error.key !== undefined && error.key !== key)) return message;
  const prefix = `cannot ${describeCall({ operation, key: error.key })}: `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

function closedError(reason: unknown, where: { operation: string; key?: string }): StowageError {
  const why = reason instanceof StowageError ? reason.message : "it is closed";
  return new StowageError("CLOSED", `cannot ${describeCall(where)}: ${why}`, where);
}
