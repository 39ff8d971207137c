import { type Filesystem, StowageError } from "@stowage/core";
import type { S3Options } from "@stowage/s3";
import { bucketAndPrefix } from "./bucket-and-prefix.ts";
import { type Environment, readSecret } from "./environment.ts";
import { importDriver } from "./import-driver.ts";
import { QueryParameters } from "./query-parameters.ts";

/**
 * Opens `s3://bucket/prefix`, with the plain options of `@stowage/s3` as parameters. Credentials are
 * `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`; without them the SDK looks for its own.
 */
export async function openS3Url(url: URL, environment: Environment): Promise<Filesystem> {
  const options = { ...bucketAndPrefix(url), ...optionsOf(new QueryParameters(url)) };
  const credentials = await credentialsOf(environment);
  const { s3Filesystem } = await importDriver(["@stowage/s3"], () => import("@stowage/s3"));
  return s3Filesystem({ ...options, ...(credentials && { credentials }) });
}

function optionsOf(parameters: QueryParameters): Partial<S3Options> {
  const options = {
    endpoint: parameters.text("endpoint"),
    region: parameters.text("region"),
    forcePathStyle: parameters.flag("forcePathStyle"),
    storageClass: parameters.text("storageClass"),
    serverSideEncryption: encryptionOf(parameters),
    objectLock: objectLockOf(parameters),
    checksums: parameters.choice("checksums", ["full-object", "when-supported", "when-required"]),
    capabilities: capabilitiesOf(parameters),
    partSize: parameters.count("partSize"),
    concurrency: parameters.count("concurrency"),
    connectTimeoutMs: parameters.count("connectTimeoutMs"),
    idleTimeoutMs: parameters.count("idleTimeoutMs"),
  };
  parameters.assertAllKnown();
  return options;
}

function encryptionOf(parameters: QueryParameters): S3Options["serverSideEncryption"] {
  const algorithm = parameters.choice("serverSideEncryption", ["AES256", "aws:kms", "aws:kms:dsse"]);
  const keyId = parameters.text("serverSideEncryptionKeyId");
  if (algorithm) return keyId === undefined ? { algorithm } : { algorithm, keyId };
  if (keyId === undefined) return undefined;
  throw new StowageError("CONFIG_INVALID", "serverSideEncryptionKeyId: serverSideEncryption is missing");
}

function objectLockOf(parameters: QueryParameters): S3Options["objectLock"] {
  const mode = parameters.choice("objectLockMode", ["governance", "compliance"]);
  const days = parameters.count("objectLockDays");
  if (mode !== undefined && days !== undefined) return { mode, days };
  if (mode === undefined && days === undefined) return undefined;
  throw new StowageError("CONFIG_INVALID", "objectLockMode, objectLockDays: one of both is missing");
}

function capabilitiesOf(parameters: QueryParameters): S3Options["capabilities"] {
  const conditionalCreate = parameters.flag("conditionalCreate");
  const conditionalCreateSize = parameters.count("conditionalCreateSize");
  return {
    ...(conditionalCreate !== undefined && { conditionalCreate }),
    ...(conditionalCreateSize !== undefined && { conditionalCreateSize }),
  };
}

async function credentialsOf(environment: Environment): Promise<S3Options["credentials"]> {
  const accessKeyId = await readSecret(environment, "AWS_ACCESS_KEY_ID");
  const secretAccessKey = await readSecret(environment, "AWS_SECRET_ACCESS_KEY");
  const sessionToken = await readSecret(environment, "AWS_SESSION_TOKEN");
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
  if (!accessKeyId && !secretAccessKey) return undefined;
  const [missing, present] = accessKeyId
    ? ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"]
    : ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
  throw new StowageError("CONFIG_INVALID", `${missing}: it is missing beside ${present}`);
}
