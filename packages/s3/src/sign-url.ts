import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { attachment, type SignUrlOptions } from "@stowage/core/driver";
import type { S3Connection } from "./s3-connection.ts";
import { bareError } from "./s3-error.ts";

/** Presigns a GetObject that saves the object under its name. Sends nothing, but may have to fetch credentials. */
export async function signUrl(connection: S3Connection, key: string, options: SignUrlOptions): Promise<string> {
  const ResponseContentDisposition = attachment(options.filename ?? key);
  const command = new GetObjectCommand({ ...connection.target(key), ResponseContentDisposition });
  try {
    return await getSignedUrl(connection.client, command, { expiresIn: Math.ceil(options.expiresInMs / 1_000) });
  } catch (error) {
    throw bareError(error);
  }
}
