import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen } from "../server/listen.ts";
import { Outages } from "../server/outages.ts";
import type { RecordedRequest } from "../server/recorded-request.ts";
import { S3Service } from "./s3-service.ts";
import type { ServiceProfile } from "./service-profile.ts";
import type { Credentials } from "./signature.ts";
import type { BucketOptions, Version } from "./store/bucket.ts";

export interface S3ServerOptions extends BucketOptions {
  /** Where the data lies. A temporary directory, removed by `close`, when left out. */
  readonly directory?: string;
  /** Bytes that every part but the last must have; 5 MiB, as on AWS, when left out. */
  readonly minPartSize?: number;
  /** The most multipart uploads, or parts of one, that one answer lists; 1,000, as on AWS, when left out. */
  readonly uploadPageSize?: number;
  /** In which ways the server is less than AWS. In none when left out. */
  readonly profile?: ServiceProfile;
  /** What the server takes for the current time, in milliseconds since 1970. */
  readonly now?: () => number;
}

export interface S3Server {
  /** "http://127.0.0.1:49152". Buckets are the first part of the path, or of another host name. */
  readonly endpoint: string;
  readonly region: string;
  /** A bucket that is there. */
  readonly bucket: string;
  readonly credentials: Credentials;
  /** Known to the server, and allowed nothing. */
  readonly deniedCredentials: Credentials;
  /** Every request that came in, refused ones included. */
  readonly requests: readonly RecordedRequest[];
  /** The keys of the bucket in UTF-8 order. */
  keys(): readonly string[];
  /** All versions of a key, delete markers too, the oldest first. */
  versions(key: string): readonly Version[];
  /** The multipart uploads that are open. */
  uploads(): { key: string; uploadId: string; parts: number }[];
  /** Moves the start of every open upload and the arrival of its parts into the past, by milliseconds. */
  ageUploads(ms: number): void;
  /** The data files on disk: one per object or part. */
  files(): Promise<string[]>;
  removeBucket(): void;
  /** Answers the next conditional writes that could succeed with 409 ConditionalRequestConflict. */
  conflict(times: number): void;
  /** Answers the next aborts with success without obeying them, as when a part lands behind the abort. */
  ignoreAborts(times: number): void;
  /** Stores the objects of the next writes that bring a retention without it, as Ceph RGW 16 does with uploads in parts. */
  ignoreRetentions(times: number): void;
  /** Answers every request whose URL holds `part` with 503, until the function that it returns is called. */
  fail(part: string): () => void;
  /** Breaks open connections, frees the port and removes the temporary directory. */
  close(): Promise<void>;
}

const AWS_MIN_PART_SIZE = 5 * 1_024 * 1_024;

/**
 * Starts a test double of S3 on 127.0.0.1: real HTTP and real signatures, data on disk, and as strict as AWS about part
 * sizes, checksums and conditions. It shows that a client speaks the protocol; it does not show how a real service behaves.
 */
export async function startS3Server(options: S3ServerOptions = {}): Promise<S3Server> {
  const {
    minPartSize = AWS_MIN_PART_SIZE,
    uploadPageSize = 1_000,
    profile = {},
    now = Date.now,
    versioned,
    objectLock,
  } = options;
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "stowage-s3-")));
  await mkdir(directory, { recursive: true });
  const kept = { ...(versioned !== undefined && { versioned }), ...(objectLock && { objectLock }) };
  const service = new S3Service({ directory, minPartSize, uploadPageSize, profile, now, ...kept });
  const outages = new Outages();
  const server = createServer((incoming, response) => {
    if (!outages.strike(incoming, response)) void service.answer(incoming, response);
  });
  const { endpoint, close } = await listen(server);
  return {
    endpoint,
    ...describe(service),
    files: () => readdir(directory),
    fail: (part) => outages.start(part),
    async close() {
      await close();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

function describe(service: S3Service): Omit<S3Server, "endpoint" | "files" | "fail" | "close"> {
  const { settings, credentials, deniedCredentials, requests, bucketName: bucket } = service;
  return {
    region: settings.region,
    bucket,
    credentials,
    deniedCredentials,
    requests,
    keys: () => service.bucket?.keys() ?? [],
    versions: (key) => service.bucket?.versions(key) ?? [],
    uploads: () =>
      [...(service.bucket?.uploads.values() ?? [])].map(({ key, uploadId, parts }) => ({
        key,
        uploadId,
        parts: parts.size,
      })),
    ageUploads: (ms) => service.bucket?.ageUploads(ms),
    removeBucket: () => service.removeBucket(),
    conflict: (times) => {
      settings.conflictsLeft = times;
    },
    ignoreRetentions: (times) => {
      settings.ignoredRetentionsLeft = times;
    },
    ignoreAborts: (times) => {
      settings.ignoredAbortsLeft = times;
    },
  };
}
