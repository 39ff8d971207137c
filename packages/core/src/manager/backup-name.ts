import { StowageError } from "../errors.ts";

const VALID_NAME = /^[a-z0-9_-]+\.zip$/;
const MAX_NAME_LENGTH = 150;

/** Throws `INVALID_NAME` unless a new backup may be called `name`: `[a-z0-9_-]+.zip`, at most 150 characters. */
export function assertValidName(name: unknown): asserts name is string {
  if (typeof name !== "string" || name.length === 0 || name.length > MAX_NAME_LENGTH) {
    throw invalid(`a name has 1 to ${MAX_NAME_LENGTH} characters`, "length-out-of-range");
  }
  if (!VALID_NAME.test(name)) throw invalid("a name is [a-z0-9_-].zip", "pattern-mismatch");
}

/** Names a backup by the second, in UTC: `pb_backup_20230519162514.zip`. From the second attempt on, `_2` and so on is added. */
export function generateName(prefix: string, now: Date, attempt = 1): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "");
  return attempt === 1 ? `${prefix}${stamp}.zip` : `${prefix}${stamp}_${attempt}.zip`;
}

function invalid(message: string, reason: string): StowageError {
  return new StowageError("INVALID_NAME", message, { operation: "create", reason });
}
