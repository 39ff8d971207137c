import type { IncomingMessage, ServerResponse } from "node:http";
import type { RecordedRequest } from "../server/recorded-request.ts";
import { S3Error } from "./s3-error.ts";
import type { ServiceProfile } from "./service-profile.ts";
import type { Bucket } from "./store/bucket.ts";

/** One authenticated request and what it may use. */
export interface S3Exchange extends RecordedRequest {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly payloadHash: string;
  readonly bucketName: string;
  readonly bucket: Bucket;
  /** Empty for a request about the bucket. */
  readonly key: string;
  readonly settings: Settings;
}

/** What a test can choose, some of it while the server runs. */
export interface Settings {
  readonly region: string;
  /** In which ways the server is less than AWS. */
  readonly profile: ServiceProfile;
  /** Bytes that every part but the last must have. */
  readonly minPartSize: number;
  /** The most uploads or parts in one answer. */
  readonly uploadPageSize: number;
  /** The current time, in milliseconds since 1970. */
  now(): number;
  /** Makes a path for a file that does not exist yet. */
  newPath(): string;
  /** Conditional writes still to be answered with 409. */
  conflictsLeft: number;
  /** Retentions still to be ignored that writes bring, as Ceph RGW 16 does with those of uploads in parts. */
  ignoredRetentionsLeft: number;
  /** Aborts still to be answered with success and not obeyed, as when a part lands behind the abort. */
  ignoredAbortsLeft: number;
}

export function answerXml({ response }: S3Exchange, document: string, headers: Record<string, string> = {}): void {
  const length = Buffer.byteLength(document);
  response.writeHead(200, { "content-type": "application/xml", "content-length": length, ...headers });
  response.end(document);
}

export function answerEmpty({ response }: S3Exchange, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, status === 204 ? headers : { "content-length": "0", ...headers });
  response.end();
}

/** The value of a header that comes at most once. */
export function header({ headers }: RecordedRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : undefined;
}

/** What the request wants to be stored with the object. */
export function storedHeaders(exchange: S3Exchange): Record<string, string> {
  if (exchange.headers["x-amz-acl"])
    throw new S3Error(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
  const kept =
    /^(content-type|cache-control|content-disposition|x-amz-meta-.+|x-amz-storage-class|x-amz-server-side-encryption.*|x-amz-object-lock-legal-hold)$/;
  const headers: Record<string, string> = { "content-type": "binary/octet-stream" };
  for (const [name, value] of Object.entries(exchange.headers)) {
    if (kept.test(name) && typeof value === "string") headers[name] = value;
  }
  return headers;
}
