import { StowageError } from "./errors.ts";

const VALID_NAME = /^[a-z0-9_-]+\.zip$/;
const MAX_NAME_LENGTH = 150;
const SCHEDULED = "@auto_";
/**
 * How much later than the storage's time that in a name may be, for the sake of clocks. Of a name beyond, the clock was wrong: later
 * backups must not look old for it.
 */
const FUTURE_MS = 24 * 3_600_000;
const STAMPED = /^(\d{14})(?:_([2-9]|[1-9]\d{1,8}))?\.zip$/;

/** Throws `INVALID_NAME` unless a new backup may be called `name`: `[a-z0-9_-]+.zip`, at most 150 characters. */
export function assertValidName(name: unknown): asserts name is string {
  if (typeof name !== "string" || name.length === 0 || name.length > MAX_NAME_LENGTH) {
    throw invalid(`a name has 1 to ${MAX_NAME_LENGTH} characters`, "length-out-of-range");
  }
  if (!VALID_NAME.test(name)) throw invalid("a name is of a-z, 0-9, _ and -, and ends in .zip", "pattern-mismatch");
}

/** Names a backup by the second, in UTC: `pb_backup_20230519162514.zip`. From the second attempt on, `_2` and so on is added. */
export function generateName(prefix: string, now: Date, attempt = 1): string {
  return attempt === 1 ? `${prefix}${stampOf(now)}.zip` : `${prefix}${stampOf(now)}_${attempt}.zip`;
}

/** Names a backup by the instant that a schedule named: `@auto_pb_backup_20230519162500.zip`, as PocketBase does. Hosts that share a schedule agree on it. */
export function scheduledName(prefix: string, instant: Date): string {
  return `${SCHEDULED}${prefix}${stampOf(instant)}.zip`;
}

/** What the name of a backup says of it. */
export interface ParsedName {
  /** To the second. */
  readonly at: Date;
  /** Of several in one second. From 1 on. */
  readonly number: number;
  readonly isScheduled: boolean;
}

/** Reads a name that {@link generateName} or {@link scheduledName} made with this prefix. Undefined for any other. */
export function parseName(prefix: string, key: string): ParsedName | undefined {
  const isScheduled = key.startsWith(SCHEDULED);
  const name = isScheduled ? key.slice(SCHEDULED.length) : key;
  const [, digits = "", number] = name.startsWith(prefix) ? (STAMPED.exec(name.slice(prefix.length)) ?? []) : [];
  const at = timeOf(digits);
  if (!at || (isScheduled && number !== undefined)) return undefined;
  return { at, number: Number(number ?? 1), isScheduled };
}

/** What counts as a backup of a manager, and its time: by its name, or with `others` of any zip by its storage. */
export function readBackup(
  { key, modifiedAt }: { readonly key: string; readonly modifiedAt: Date },
  { namePrefix, others = false }: { readonly namePrefix: string; readonly others?: boolean | undefined },
): ParsedName | undefined {
  const parsed = parseName(namePrefix, key);
  if (parsed) return parsed.at.getTime() > modifiedAt.getTime() + FUTURE_MS ? undefined : parsed;
  return others && key.endsWith(".zip") ? { at: modifiedAt, number: 1, isScheduled: false } : undefined;
}

/** YYYYMMDDHHMMSS in UTC. */
function stampOf(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "");
}

/** Undefined for a time that is not in the calendar, such as that of 30 February. */
function timeOf(digits: string): Date | undefined {
  const [, day, time] = /^(\d{8})(\d{6})$/.exec(digits) ?? [];
  if (day === undefined || time === undefined) return undefined;
  const at = new Date(`${day.replace(/(....)(..)/, "$1-$2-")}T${time.replace(/(..)(..)/, "$1:$2:")}Z`);
  return !Number.isNaN(at.getTime()) && stampOf(at) === digits ? at : undefined;
}

function invalid(message: string, reason: string): StowageError {
  return new StowageError("INVALID_NAME", message, { operation: "create", reason });
}
