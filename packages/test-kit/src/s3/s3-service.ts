import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { type RecordedRequest, recordRequest } from "../server/recorded-request.ts";
import { asSeenBy, assertAddress, assertRegion } from "./as-seen-by.ts";
import { routeFor } from "./route.ts";
import { noSuchBucket, S3Error } from "./s3-error.ts";
import type { Settings } from "./s3-exchange.ts";
import type { ServiceProfile } from "./service-profile.ts";
import { type Credentials, verifySignature } from "./signature.ts";
import { Bucket, type BucketOptions } from "./store/bucket.ts";
import { errorDocument } from "./xml.ts";

export interface ServiceOptions extends BucketOptions {
  readonly directory: string;
  readonly minPartSize: number;
  readonly uploadPageSize: number;
  readonly profile: ServiceProfile;
  readonly now: () => number;
}

/** What lies behind the socket: users, buckets, and the answer to each request. */
export class S3Service {
  readonly bucketName = "test-bucket";
  readonly credentials = newCredentials();
  readonly deniedCredentials = newCredentials();
  readonly requests: RecordedRequest[] = [];
  readonly settings: Settings;
  readonly #buckets: Map<string, Bucket>;
  readonly #now: () => number;

  constructor({ directory, minPartSize, uploadPageSize, profile, now, ...bucket }: ServiceOptions) {
    this.#now = now;
    this.#buckets = new Map([[this.bucketName, new Bucket(bucket)]]);
    this.settings = {
      region: "us-east-1",
      profile,
      minPartSize,
      uploadPageSize,
      now,
      newPath: () => join(directory, randomUUID()),
      conflictsLeft: 0,
      ignoredAbortsLeft: 0,
      ignoredRetentionsLeft: 0,
    };
  }

  get bucket(): Bucket | undefined {
    return this.#buckets.get(this.bucketName);
  }

  removeBucket(): void {
    this.#buckets.delete(this.bucketName);
  }

  async answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("x-amz-request-id", randomUUID());
    response.setHeader("date", new Date(this.#now()).toUTCString());
    try {
      await this.#answer(incoming, response);
    } catch (error) {
      answerError(incoming, response, error);
    }
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = recordRequest(incoming);
    this.requests.push(request);
    const users = [this.credentials, this.deniedCredentials];
    const { user, payloadHash, region } = verifySignature(request, { users, now: this.#now() });
    if (user === this.deniedCredentials) throw new S3Error(403, "AccessDenied", "Access Denied");
    const { profile } = this.settings;
    assertRegion(profile, region);
    const hosted = this.#hostedBucket(request.headers.host);
    assertAddress(profile, hosted === undefined);
    const { bucketName, key } = splitPath(hosted === undefined ? request.path : `/${hosted}${request.path}`);
    const bucket = this.#buckets.get(bucketName);
    if (!bucket) throw noSuchBucket();
    const { settings } = this;
    const exchange = { ...request, incoming, response, payloadHash, bucketName, bucket, key, settings };
    const seen = asSeenBy(profile, exchange);
    await routeFor(seen)(seen);
  }

  /** The bucket in a host name such as "bucket.s3.example.org:9000". */
  #hostedBucket(host = ""): string | undefined {
    const [label = ""] = host.split(".");
    return this.#buckets.has(label) ? label : undefined;
  }
}

function newCredentials(): Credentials {
  return {
    accessKeyId: `AKIA${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64"),
  };
}

function splitPath(path: string): { bucketName: string; key: string } {
  const [, bucketName = "", key = ""] = /^\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
  const decoded = decodeURIComponent(key);
  if (Buffer.byteLength(decoded) > 1_024) throw new S3Error(400, "KeyTooLongError", "Your key is too long");
  return { bucketName: decodeURIComponent(bucketName), key: decoded };
}

function answerError(incoming: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  incoming.resume(); // the client may still be sending; it reads the answer afterwards
  const known = error instanceof S3Error ? error : new S3Error(500, "InternalError", String(error));
  const document = errorDocument({ Code: known.code, Message: known.message, Resource: incoming.url ?? "" });
  response.writeHead(known.status, { ...known.headers, "content-type": "application/xml" });
  response.end(incoming.method === "HEAD" ? undefined : document);
}
