import type { Filesystem } from "@stowage/core";
import { localFilesystem } from "@stowage/local";

/** Opens the storage of a URL, or else a directory. The cloud SDKs are only loaded for a URL. */
export async function openStorage(url: string | undefined, directory: string): Promise<Filesystem> {
  if (url === undefined) return localFilesystem({ directory });
  const { openFilesystem } = await import("stowage");
  return openFilesystem(url);
}
