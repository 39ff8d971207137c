import { copyBackups, type Filesystem } from "@stowage/core";
import { gcsFilesystem } from "@stowage/gcs";
import { localFilesystem } from "@stowage/local";
import { s3Filesystem } from "@stowage/s3";

/** A place that another process can open, too. */
export type Place =
  | { readonly local: string }
  | { readonly s3: Parameters<typeof s3Filesystem>[0] }
  | { readonly gcs: Parameters<typeof gcsFilesystem>[0] };

export function openPlace(place: Place): Filesystem {
  if ("local" in place) return localFilesystem({ directory: place.local });
  return "s3" in place ? s3Filesystem(place.s3) : gcsFilesystem(place.gcs);
}

/** Copies from one place to another, and tells how far it is, until it is killed. */
export async function main(from: string, to: string): Promise<void> {
  const places = [from, to].map((place) => openPlace(JSON.parse(place)));
  const [source, target] = places as [Filesystem, Filesystem];
  const { copied, present } = await copyBackups(source, target, { onProgress: () => process.send?.("moved") });
  process.send?.({ copied, present });
  for (const place of places) await place.close();
  process.disconnect?.();
}
