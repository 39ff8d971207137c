import { Filesystem, type FilesystemDriver } from "@stowage/core";
import { gcsFilesystem } from "@stowage/gcs";
import { LocalDriver } from "@stowage/local";
import { s3Filesystem } from "@stowage/s3";
import { startGcsServer, startS3Server } from "@stowage/test-kit";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { it } from "vitest";
import { dueAtOnce } from "./three-hosts.ts";

const INSTANTS = 200;

it.concurrent(`of three hosts on a shared disk one makes the backup of each of ${INSTANTS} instants`, async ({
  expect,
}) => {
  const directory = await temporaryDirectory();
  const open = () => new Filesystem(new LocalDriver({ directory }) satisfies FilesystemDriver);

  expect(await dueAtOnce(INSTANTS, open)).toEqual({ good: INSTANTS, bad: [] });
});

it.concurrent(`of three hosts on S3 one makes the backup of each of ${INSTANTS} instants`, async ({
  expect,
  onTestFinished,
}) => {
  const server = await startS3Server();
  onTestFinished(() => server.close());
  const { bucket, credentials, endpoint } = server;

  expect(await dueAtOnce(INSTANTS, () => s3Filesystem({ bucket, credentials, endpoint }))).toEqual({
    good: INSTANTS,
    bad: [],
  });
});

it.concurrent(`of three hosts on GCS one makes the backup of each of ${INSTANTS} instants`, async ({
  expect,
  onTestFinished,
}) => {
  const server = await startGcsServer();
  onTestFinished(() => server.close());
  const { bucket, credentials, apiEndpoint } = server;

  expect(await dueAtOnce(INSTANTS, () => gcsFilesystem({ bucket, credentials, apiEndpoint }))).toEqual({
    good: INSTANTS,
    bad: [],
  });
});
