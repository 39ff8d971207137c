import { Filesystem } from "@stowage/core";
import { gcsFilesystem } from "@stowage/gcs";
import { LocalDriver } from "@stowage/local";
import { s3Filesystem } from "@stowage/s3";
import { startGcsServer, startS3Server } from "@stowage/test-kit";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it, onTestFinished } from "vitest";
import { dueAtOnce } from "./three-hosts.ts";

const INSTANTS = 200;

it(`of three hosts one makes the backup of each of ${INSTANTS} instants: on a shared disk, on S3 and on GCS`, async () => {
  const directory = await temporaryDirectory();
  const s3 = await startS3Server();
  onTestFinished(() => s3.close());
  const gcs = await startGcsServer();
  onTestFinished(() => gcs.close());

  const verdicts = await Promise.all([
    dueAtOnce(INSTANTS, () => new Filesystem(new LocalDriver({ directory }))),
    dueAtOnce(INSTANTS, () => s3Filesystem({ bucket: s3.bucket, credentials: s3.credentials, endpoint: s3.endpoint })),
    dueAtOnce(INSTANTS, () =>
      gcsFilesystem({ bucket: gcs.bucket, credentials: gcs.credentials, apiEndpoint: gcs.apiEndpoint }),
    ),
  ]);

  expect(verdicts).toEqual(verdicts.map(() => ({ good: INSTANTS, bad: [] })));
});
