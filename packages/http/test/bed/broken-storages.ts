import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Filesystem } from "@stowage/core";
import { type GcsOptions, gcsFilesystem } from "@stowage/gcs";
import { localFilesystem } from "@stowage/local";
import { type S3Options, s3Filesystem } from "@stowage/s3";
import { startGcsServer, startS3Server } from "@stowage/test-kit";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { onTestFinished } from "vitest";

/** A storage that cannot be used, and what belongs to it. */
export interface BrokenStorage {
  readonly filesystem: Filesystem;
  /** What no answer says. */
  readonly hidden: readonly string[];
  /** What no log says either. */
  readonly secrets: readonly string[];
}

/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:1";
const RETRY = { attempts: 2, baseMs: 1, capMs: 2 };

/** Every way in which a storage is wrong from the start. */
export const BROKEN_STORAGES: Readonly<Record<string, () => Promise<BrokenStorage>>> = {
  "a directory that is a file": async () => {
    const root = await temporaryDirectory();
    await writeFile(join(root, "secret-file"), "not a directory");
    const filesystem = localFilesystem({ directory: join(root, "secret-file") });
    return { filesystem, hidden: [root, "secret-file"], secrets: [] };
  },
  "a bucket of S3 that is missing": () => brokenS3({ bucket: "bucket-of-a-customer" }),
  "a bucket of S3 that is denied": () => brokenS3({}, "deniedCredentials"),
  "a secret of S3 that is wrong": () =>
    brokenS3({ credentials: { accessKeyId: "AKIAPLANTED", secretAccessKey: "planted-secret-of-s3" } }),
  "an S3 that cannot be reached": () => brokenS3({ endpoint: NOWHERE }),
  "a bucket of GCS that is missing": () => brokenGcs({ bucket: "bucket-of-a-customer" }),
  "a bucket of GCS that is denied": () => brokenGcs({}, "deniedCredentials"),
  "a key of GCS that is wrong": () => brokenGcs({}, "wrongCredentials"),
  "a GCS that cannot be reached": () => brokenGcs({ apiEndpoint: NOWHERE }),
};

async function brokenS3(
  flaw: Partial<S3Options>,
  who: "credentials" | "deniedCredentials" = "credentials",
): Promise<BrokenStorage> {
  const server = await startS3Server();
  onTestFinished(() => server.close());
  const { bucket, endpoint } = server;
  const options = { bucket, endpoint, credentials: server[who], retry: RETRY, ...flaw };
  const filesystem = s3Filesystem(options);
  onTestFinished(() => filesystem.close());
  return {
    filesystem,
    hidden: [options.bucket, options.endpoint, endpoint],
    secrets: [server[who].secretAccessKey, "planted-secret-of-s3"],
  };
}

async function brokenGcs(
  flaw: Partial<GcsOptions>,
  who: "credentials" | "deniedCredentials" | "wrongCredentials" = "credentials",
): Promise<BrokenStorage> {
  const server = await startGcsServer();
  onTestFinished(() => server.close());
  const { bucket, apiEndpoint } = server;
  const options = { bucket, apiEndpoint, credentials: server[who], retry: RETRY, ...flaw };
  const filesystem = gcsFilesystem(options);
  onTestFinished(() => filesystem.close());
  const [, keyLine = ""] = server[who].private_key.split("\n");
  return {
    filesystem,
    hidden: [options.bucket, options.apiEndpoint, apiEndpoint, server[who].client_email],
    secrets: [server[who].private_key, keyLine],
  };
}
