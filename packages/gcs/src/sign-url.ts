import type { SignUrlOptions } from "@stowage/core/driver";
import { GcsError } from "./gcs-error.ts";
import type { GcsClient } from "./http/gcs-client.ts";

/** Signs a V4 URL, at most seven days long (https://cloud.google.com/storage/docs/access-control/signed-urls). */
export async function signUrl(client: GcsClient, name: string, options: SignUrlOptions): Promise<string> {
  const now = Date.now();
  const filename = options.filename ?? name.slice(client.settings.prefix.length);
  try {
    const file = client.storage.bucket(client.settings.bucket).file(name);
    const [url] = await file.getSignedUrl({
      version: "v4",
      action: "read",
      accessibleAt: now,
      expires: Math.floor(now / 1_000) * 1_000 + Math.ceil(options.expiresInMs / 1_000) * 1_000,
      responseDisposition: `attachment; filename*=UTF-8''${encodeExtended(filename)}`,
    });
    return url;
  } catch {
    throw new GcsError("credentials", "credentials: they cannot sign a URL"); // the SDK's error may quote the key
  }
}

/** Encodes by RFC 8187, which allows less than `encodeURIComponent` leaves. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
