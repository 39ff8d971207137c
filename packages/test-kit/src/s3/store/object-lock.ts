import { receiveDocument } from "../body/receive-body.ts";
import { noSuchKey, S3Error } from "../s3-error.ts";
import { answerEmpty, answerXml, header, type S3Exchange } from "../s3-exchange.ts";
import { element, leaf, textOf, xmlDocument } from "../xml.ts";
import type { Retention, StoredObject } from "./bucket.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const MODE = "x-amz-object-lock-mode";
const UNTIL = "x-amz-object-lock-retain-until-date";
const HOLD = "x-amz-object-lock-legal-hold";

/** The retention that a write brings. Throws for one that is half there, odd, or of a bucket without object lock. */
export function askedRetention(exchange: S3Exchange): Retention | undefined {
  const mode = header(exchange, MODE);
  const date = header(exchange, UNTIL);
  if (mode === undefined && date === undefined && !header(exchange, HOLD)) return undefined;
  if (!exchange.bucket.objectLock)
    throw new S3Error(400, "InvalidRequest", "Bucket is missing ObjectLockConfiguration");
  if (mode === undefined && date === undefined) return undefined; // a legal hold alone
  if (mode === undefined || date === undefined) throw invalid(`${UNTIL} and ${MODE} must both be supplied`);
  const retention = soundRetention(exchange, mode, date);
  if (exchange.settings.ignoredRetentionsLeft === 0) return retention;
  exchange.settings.ignoredRetentionsLeft--;
  return undefined;
}

function soundRetention({ settings }: S3Exchange, mode: string, date: string): Retention {
  if (mode !== "GOVERNANCE" && mode !== "COMPLIANCE") throw invalid("Unknown wormMode directive.");
  const until = new Date(date);
  if (Number.isNaN(until.getTime())) throw invalid("The retain until date must be provided in ISO 8601 format");
  if (until.getTime() <= settings.now()) throw invalid("The retain until date must be in the future!");
  return { mode, until };
}

/** What an object that brings no retention is locked with. */
export function defaultRetention({ bucket, settings }: S3Exchange): Retention | undefined {
  const rule = bucket.objectLock?.defaultRetention;
  return rule && { mode: rule.mode, until: new Date(settings.now() + rule.days * DAY_MS) };
}

/** Throws unless a body that is to be locked comes with a digest. A signature over it is none. */
export function assertDigest(exchange: S3Exchange, what: "Object" | "Part"): void {
  const { headers } = exchange;
  const isChecksum = (name: string) => /^x-amz-checksum-(crc|sha)/.test(name);
  if (headers["content-md5"] || Object.keys(headers).some(isChecksum)) return;
  if (isChecksum(String(headers["x-amz-trailer"]))) return;
  const message = `Content-MD5 OR x-amz-checksum- HTTP header is required for Put ${what} requests with Object Lock parameters`;
  throw new S3Error(400, "InvalidRequest", message);
}

/** Throws if a retention or a legal hold of a version is in force, and the request may not, or does not want to, bypass it. */
export function assertUnlocked(exchange: S3Exchange, object: StoredObject | undefined): void {
  const { mode, until } = object?.retention ?? {};
  if (object?.headers[HOLD] === "ON") throw protectedByLock();
  if (until === undefined || until.getTime() <= exchange.settings.now()) return;
  if (mode === "GOVERNANCE" && header(exchange, "x-amz-bypass-governance-retention") === "true") return;
  throw protectedByLock();
}

export function retentionHeaders({ retention }: StoredObject): Record<string, string> {
  return retention ? { [MODE]: retention.mode, [UNTIL]: retention.until.toISOString() } : {};
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html: a retention in force only gets longer. */
export async function putObjectRetention(exchange: S3Exchange): Promise<void> {
  const { bucket, key, query, incoming, payloadHash } = exchange;
  const document = await receiveDocument(incoming, payloadHash);
  if (!bucket.objectLock) throw new S3Error(400, "InvalidRequest", "Bucket is missing Object Lock Configuration");
  const version = query.get("versionId") ?? bucket.versions(key).at(-1)?.id;
  const { object } = bucket.versions(key).find(({ id }) => id === version) ?? {};
  if (!object) throw noSuchKey();
  const retention = soundRetention(exchange, textOf(document, "Mode") ?? "", textOf(document, "RetainUntilDate") ?? "");
  const { retention: before } = object;
  const isExtended = before?.mode === retention.mode && before.until.getTime() <= retention.until.getTime();
  if (!isExtended) assertUnlocked(exchange, object);
  bucket.retain(key, version ?? "", retention);
  answerEmpty(exchange, 200);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html */
export function getObjectLockConfiguration(exchange: S3Exchange): void {
  const { objectLock } = exchange.bucket;
  if (!objectLock) {
    const message = "Object Lock configuration does not exist for this bucket";
    throw new S3Error(404, "ObjectLockConfigurationNotFoundError", message);
  }
  const rule = objectLock.defaultRetention;
  const document = xmlDocument(
    "ObjectLockConfiguration",
    leaf("ObjectLockEnabled", "Enabled"),
    rule ? element("Rule", element("DefaultRetention", leaf("Mode", rule.mode), leaf("Days", rule.days))) : "",
  );
  answerXml(exchange, document);
}

function protectedByLock(): S3Error {
  return new S3Error(403, "AccessDenied", "Access Denied because object protected by object lock.");
}

function invalid(message: string): S3Error {
  return new S3Error(400, "InvalidArgument", message);
}
