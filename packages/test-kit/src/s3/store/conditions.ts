import { noSuchKey, preconditionFailed, S3Error } from "../s3-error.ts";
import { header, type S3Exchange } from "../s3-exchange.ts";
import type { StoredObject } from "./bucket.ts";

/** Throws unless the conditions of a write hold for the object that is there. To be called in the same tick as the write. */
export function assertWritable(exchange: S3Exchange): void {
  const ifNoneMatch = header(exchange, "if-none-match");
  const ifMatch = header(exchange, "if-match");
  if (ifNoneMatch === undefined && ifMatch === undefined) return;
  const object = exchange.bucket.object(exchange.key);
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*")
    throw new S3Error(501, "NotImplemented", "If-None-Match takes * only");
  if (ifNoneMatch !== undefined && object) throw preconditionFailed();
  if (ifMatch !== undefined && !object) throw noSuchKey();
  if (ifMatch !== undefined && !matches(ifMatch, object)) throw preconditionFailed();
  assertNoConflict(exchange);
}

/** Throws unless the conditions of a read hold. */
export function assertReadable(exchange: S3Exchange, object: StoredObject): void {
  const ifMatch = header(exchange, "if-match");
  if (ifMatch !== undefined && !matches(ifMatch, object)) throw preconditionFailed();
}

function matches(condition: string, object: StoredObject | undefined): boolean {
  return condition === "*" || condition.replaceAll('"', "") === object?.etag;
}

function assertNoConflict({ settings }: S3Exchange): void {
  if (settings.conflictsLeft === 0) return;
  settings.conflictsLeft--;
  const message = "The conditional request cannot succeed due to a conflicting operation against this resource.";
  throw new S3Error(409, "ConditionalRequestConflict", message);
}
