import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { SignUrlOptions } from "@stowage/core/driver";
import { bareError } from "./bare-error.ts";
import type { BucketConnection } from "./bucket-connection.ts";

/** Presigns a GetObject that saves the object under its name. Sends nothing, but may have to fetch credentials. */
export async function signUrl(connection: BucketConnection, key: string, options: SignUrlOptions): Promise<string> {
  const ResponseContentDisposition = attachment(options.filename ?? key);
  const command = new GetObjectCommand({ ...connection.target(key), ResponseContentDisposition });
  try {
    return await getSignedUrl(connection.client, command, { expiresIn: Math.ceil(options.expiresInMs / 1_000) });
  } catch (error) {
    throw bareError(error);
  }
}

/** The header of RFC 6266: a name that every browser can read, and the exact one. */
function attachment(filename: string): string {
  const plain = filename.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const exact = encodeURIComponent(filename).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`;
}
