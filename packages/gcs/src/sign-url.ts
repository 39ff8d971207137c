import { attachment, type SignUrlOptions } from "@stowage/core/driver";
import type { GcsConnection } from "./gcs-connection.ts";
import { GcsError } from "./gcs-error.ts";

/** Signs a V4 URL, at most seven days long (https://cloud.google.com/storage/docs/access-control/signed-urls). */
export async function signUrl(connection: GcsConnection, key: string, options: SignUrlOptions): Promise<string> {
  const now = Date.now();
  try {
    const file = connection.storage.bucket(connection.settings.bucket).file(connection.objectName(key));
    const [url] = await file.getSignedUrl({
      version: "v4",
      action: "read",
      accessibleAt: now,
      expires: Math.floor(now / 1_000) * 1_000 + Math.ceil(options.expiresInMs / 1_000) * 1_000,
      responseDisposition: attachment(options.filename ?? key),
      queryParams: { ...connection.payer },
    });
    return url;
  } catch {
    throw new GcsError("credentials", "credentials: they cannot sign a URL"); // the SDK's error may quote the key
  }
}
