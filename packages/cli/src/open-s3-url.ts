import { type Filesystem, StowageError } from "@stowage/core";
import type { S3Options } from "@stowage/s3";
import { bucketAndPrefix } from "./bucket-and-prefix.ts";
import { type Environment, readSecret } from "./environment.ts";
import { importDriver } from "./import-driver.ts";
import { optionsOfUrl } from "./options-of-url.ts";

/**
 * Opens `s3://bucket/prefix`, with the plain options of `@stowage/s3` as parameters. Credentials are
 * `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`; without them the SDK looks for its own.
 */
export async function openS3Url(url: URL, environment: Environment): Promise<Filesystem> {
  const { S3_OPTION_RULES, s3Filesystem } = await importDriver(["@stowage/s3"], () => import("@stowage/s3"));
  const options = { ...bucketAndPrefix(url), ...optionsOfUrl(url, S3_OPTION_RULES) };
  const credentials = await credentialsOf(environment);
  return s3Filesystem({ ...options, ...(credentials && { credentials }) });
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
