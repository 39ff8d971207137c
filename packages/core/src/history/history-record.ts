/** What tells a process from others: its host and boot, its number, and when it began, in clock ticks. */
interface ProcessMark {
  readonly host: string;
  readonly pid: number;
  readonly startedAt: string;
}

/** An operation as the history keeps it. */
export interface HistoryRecord {
  /** The method, such as "create". */
  readonly operation: string;
  readonly key: string;
  /** The instant that a schedule named, which the operation was for. */
  readonly scheduledFor?: Date | undefined;
  readonly startedAt: Date;
  /** Missing while it runs, and for good if the process ended before it did. */
  readonly finishedAt?: Date | undefined;
  /** Bytes: of the archive that was created or stored, else of what was read of one. */
  readonly size?: number | undefined;
  /** Entries of the archive. */
  readonly entries?: number | undefined;
  /** What a success warns of: how much, and the first of it. */
  readonly warningCount: number;
  readonly warnings: readonly { readonly name: string; readonly reason: string }[];
  /** The process that runs it, while it runs. */
  readonly by?: ProcessMark | undefined;
  /** Why it failed. No message, which may name paths and hosts. */
  readonly error?: { readonly code: string; readonly reason?: string | undefined } | undefined;
}

/** One line of JSON. */
export function encodeRecord(record: HistoryRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** Undefined for a line that is no record, such as the half of one. */
export function decodeRecord(line: string): HistoryRecord | undefined {
  try {
    return recordOf(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function recordOf(value: Record<string, unknown>): HistoryRecord | undefined {
  const { operation, key, startedAt, size, entries, error, warningCount, warnings } = value;
  const begun = dateOf(startedAt);
  if (typeof operation !== "string" || typeof key !== "string" || !begun) return undefined;
  return {
    operation,
    key,
    scheduledFor: dateOf(value.scheduledFor),
    startedAt: begun,
    finishedAt: dateOf(value.finishedAt),
    size: numberOf(size),
    entries: numberOf(entries),
    warningCount: numberOf(warningCount) ?? 0,
    warnings: Array.isArray(warnings) ? warnings.flatMap(warningOf) : [],
    error: errorOf(error),
    by: processOf(value.by),
  };
}

function dateOf(value: unknown): Date | undefined {
  const date = typeof value === "string" ? new Date(value) : undefined;
  return date && !Number.isNaN(date.getTime()) ? date : undefined;
}

function numberOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? Number(value) : undefined;
}

function warningOf(value: unknown): HistoryRecord["warnings"] {
  const { name, reason } = Object(value);
  return typeof name === "string" && typeof reason === "string" ? [{ name, reason }] : [];
}

function errorOf(value: unknown): HistoryRecord["error"] {
  const { code, reason } = Object(value);
  if (typeof code !== "string") return undefined;
  return { code, reason: typeof reason === "string" ? reason : undefined };
}

function processOf(value: unknown): ProcessMark | undefined {
  const { host, pid, startedAt } = Object(value);
  const isMark = typeof host === "string" && Number.isSafeInteger(pid) && typeof startedAt === "string";
  return isMark ? { host, pid, startedAt } : undefined;
}
