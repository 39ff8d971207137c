import { StowageError } from "@stowage/core/driver";
import { headObject } from "../read/head-object.ts";
import type { S3Connection } from "../s3-connection.ts";
import { isRefusedByLock } from "../s3-error.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/** What a write says about the retention of its object. */
export interface RetentionInput {
  readonly ObjectLockMode?: "GOVERNANCE" | "COMPLIANCE";
  readonly ObjectLockRetainUntilDate?: Date;
}

/**
 * The retention of an object that is stored under `key` now, in whole seconds, by the service's clock.
 *
 * A record of the storage's lock gets none: it is replaced every few seconds and removed soon. Only its key tells it from a backup,
 * as `FilesystemDriver` says which keys these are, perhaps behind the prefix of a view. Whatever else is stored is retained: an
 * object too many that stays is better than a backup that does not.
 */
export function retentionOf({ settings, now }: S3Connection, key: string): RetentionInput {
  const { objectLock } = settings;
  if (!objectLock || isLockRecord(key)) return {};
  const until = Math.ceil((now() + objectLock.days * DAY_MS) / 1_000) * 1_000;
  return {
    ObjectLockMode: objectLock.mode === "governance" ? "GOVERNANCE" : "COMPLIANCE",
    ObjectLockRetainUntilDate: new Date(until),
  };
}

/**
 * Throws `PERMISSION_DENIED` ("retained"), with the end of it, if a retention or a legal hold of the object is in force. To be asked before a
 * delete or an overwrite: where versions are kept, S3 allows both and hides the version. A missing key passes.
 */
export async function assertUnretained(connection: S3Connection, key: string, signal: AbortSignal): Promise<void> {
  if (isLockRecord(key)) return;
  const { retention, isOnHold } = await headObject(connection, key, signal);
  const { mode, until } = retention ?? {};
  if (until !== undefined && until.getTime() > connection.now()) {
    throw retained(`object lock retains it until ${until.toISOString()} (${mode})`);
  }
  if (isOnHold) throw retained("object lock retains it until its legal hold is taken off");
}

/** Explains why a write or a delete was refused, by what is known of the object. Rejects with that, or with what was thrown. */
export async function explainRefusal(
  connection: S3Connection,
  { key, ifNotExists = false }: { key: string; ifNotExists?: boolean },
  { error, signal }: { error: unknown; signal: AbortSignal },
): Promise<never> {
  if (!isRefusedByLock(error)) throw error;
  if (ifNotExists)
    throw new StowageError("ALREADY_EXISTS", "an object lies there that object lock retains", { cause: error });
  await assertUnretained(connection, key, signal).catch((reason: unknown) => {
    throw reason instanceof StowageError ? reason : error;
  });
  throw error;
}

/** `.stowage-lock.` and 16 digits: see `docs/lock.md`. */
function isLockRecord(key: string): boolean {
  return /\.stowage-lock\.\d{16}$/.test(key);
}

function retained(why: string): StowageError {
  return new StowageError("PERMISSION_DENIED", `${why}: until then nothing may delete or replace it`, {
    reason: "retained",
  });
}
