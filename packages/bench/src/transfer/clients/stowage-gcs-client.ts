import { type GcsOptions, gcsFilesystem } from "@stowage/gcs";
import { gcsChunkSize } from "../job.ts";
import type { ClientOptions, StorageClient } from "./storage-client.ts";
import { stowageClient } from "./stowage-client.ts";

/** Opens `@stowage/gcs`. */
export function stowageGcsClient({ place, content }: ClientOptions): StorageClient {
  const { endpoint: apiEndpoint, bucket } = place;
  const credentials = place.credentials as GcsOptions["credentials"];
  const chunkSize = gcsChunkSize(content.size);
  return stowageClient(gcsFilesystem({ apiEndpoint, bucket, credentials, chunkSize }), content.size);
}
