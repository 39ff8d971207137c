import { messageOf } from "./message-of.ts";

/** What went wrong, for programs. Codes are stable; messages are for people and may change. */
export type ErrorCode =
  // Of a filesystem.
  /** No object lies under the key. */
  | "NOT_FOUND"
  /** An object lies under the key already, and the write was create-only. It is as it was. */
  | "ALREADY_EXISTS"
  /** The key breaks the rule of `assertValidKey`. Nothing was sent. */
  | "INVALID_KEY"
  /** An argument other than the key is wrong. Nothing was sent. */
  | "INVALID_ARGUMENT"
  /** The range starts at or behind the end of the object. */
  | "RANGE_NOT_SATISFIABLE"
  /** More or fewer bytes than were declared, by the caller or by the storage. */
  | "SIZE_MISMATCH"
  /** The bytes that arrived are not the bytes that were sent. */
  | "CHECKSUM_MISMATCH"
  /** The bucket, container or directory does not exist. */
  | "BUCKET_NOT_FOUND"
  /** An option is missing or contradicts the storage, or `.stowage` is no directory. The message names it, never a secret. */
  | "CONFIG_INVALID"
  /** Credentials are missing, wrong or expired. */
  | "UNAUTHENTICATED"
  /** The credentials are known, and are not allowed to do this; or nobody is, as long as the storage retains the object: `reason`. */
  | "PERMISSION_DENIED"
  /** The storage asks for fewer requests. */
  | "RATE_LIMITED"
  /** The disk or the quota is full. */
  | "NO_SPACE"
  /** The storage cannot be reached or failed by its own fault. */
  | "UNAVAILABLE"
  /** The storage stopped answering. */
  | "TIMEOUT"
  /** The caller's signal was aborted. `name` is "AbortError", `cause` the signal's reason. */
  | "ABORTED"
  /** The filesystem or the manager was closed. */
  | "CLOSED"
  /** The driver does not declare this feature. Nothing was sent. */
  | "UNSUPPORTED"
  /** A bug, or an answer that nobody expected. */
  | "INTERNAL"
  // Of the manager.
  /** The backups filesystem cannot be opened; `cause` says why. The next call tries again. */
  | "FILESYSTEM_UNAVAILABLE"
  /** Another create or restore is running, or the key is part of it. */
  | "BUSY"
  /** The lock was lost to another process; nothing was published. */
  | "LOCK_LOST"
  /** The name of a new backup breaks the rule. */
  | "INVALID_NAME"
  /** The archive is damaged, hostile, over a limit, or the wrong one for the data; `reason` says which. */
  | "INVALID_ARCHIVE"
  /** There is no file to back up, as where a volume is not mounted, and `allowEmpty` is not set. Nothing was published. */
  | "SOURCE_EMPTY"
  /** A file changed each time it was read, or the data directory is not the one that it was. Nothing was published. */
  | "SOURCE_CHANGED"
  /** The content to store, or a file to back up, cannot be read; `cause` says why. */
  | "SOURCE_UNREADABLE"
  /** A database is in use and cannot be copied consistently; the message says what can be done. Nothing was published. */
  | "DATABASE_IN_USE"
  /** A mount lies below the data directory. Nothing was touched. */
  | "MOUNT_IN_DATA_DIR"
  /** The restore failed while it replaced the data. The old data is in place. */
  | "SWAP_FAILED"
  /** An interrupted restore left old data behind, which must be looked at first. */
  | "RECOVERY_REQUIRED"
  /** The journal of an interrupted restore cannot be read. Nothing was touched. */
  | "JOURNAL_CORRUPT";

export interface StowageErrorOptions {
  readonly cause?: unknown;
  /** Whether the same call may succeed later. Follows from the code when left out. */
  readonly retryable?: boolean;
  /** The method that failed, such as "write". */
  readonly operation?: string;
  readonly key?: string;
  /** For `INVALID_ARCHIVE`: the rule that the archive breaks, as a stable kebab-case word. "driver-shape" for a driver's mistake, "free-space" for a disk without room for an archive, "retained" for an object that the storage keeps until a date. */
  readonly reason?: string;
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  "RATE_LIMITED",
  "UNAVAILABLE",
  "TIMEOUT",
  "FILESYSTEM_UNAVAILABLE",
  "BUSY",
  "SOURCE_CHANGED",
]);

/** Whether the same call may succeed later, by the code alone. */
export function isRetryableCode(code: ErrorCode): boolean {
  return RETRYABLE.has(code);
}

/** Known to every copy of this package, and to every later version whose errors mean the same. */
const BRAND = Symbol.for("@stowage/core/StowageError/1");

/** Characters of a cause's message in JSON. */
const LONGEST_MESSAGE = 500;

/** The only error that this library throws on purpose. Branch on `code`. One of another copy of this package is an instance too. */
export class StowageError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a class that extends this one inherits the method, and has instances of its own.
    if (this !== StowageError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && BRAND in value;
  }

  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly operation: string | undefined;
  readonly key: string | undefined;
  readonly reason: string | undefined;

  constructor(code: ErrorCode, message: string, options: StowageErrorOptions = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.name = code === "ABORTED" ? "AbortError" : "StowageError";
    this.code = code;
    this.retryable = options.retryable ?? isRetryableCode(code);
    this.operation = options.operation;
    this.key = options.key;
    this.reason = options.reason;
  }

  get [BRAND](): true {
    return true;
  }

  /** The fields for a log, with name, code and message of the cause. Leaves the stack out, and all else that a cause may hold. */
  toJSON(): Record<string, unknown> {
    const { name, code, message, retryable, operation, key, reason } = this;
    return { name, code, message, retryable, operation, key, reason, cause: describeCause(this.cause) };
  }
}

/** Of a cause that is a text or an error. An error of somebody else's may hold anything in its fields. */
function describeCause(cause: unknown): object | undefined {
  if (!(cause instanceof Error)) return typeof cause === "string" ? { message: bounded(cause) } : undefined;
  const { code } = cause as { code?: unknown };
  const name = messageOf(cause.name);
  return { name, ...(typeof code === "string" && { code }), message: bounded(messageOf(cause)) };
}

function bounded(message: string): string {
  return message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE)}…`;
}

/** Makes the error of an aborted signal: code `ABORTED`, the signal's reason as cause. */
export function abortError(signal: AbortSignal, context: { operation?: string; key?: string } = {}): StowageError {
  return new StowageError("ABORTED", "the operation was aborted", { ...context, cause: signal.reason });
}
