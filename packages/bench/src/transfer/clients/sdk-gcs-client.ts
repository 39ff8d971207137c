import { pipeline } from "node:stream/promises";
import { Storage, type StorageOptions } from "@google-cloud/storage";
import { KEY } from "../job.ts";
import type { ClientOptions, StorageClient } from "./storage-client.ts";

/** Opens the Google SDK with its own defaults: one resumable request per upload, CRC32C checked both ways. */
export function sdkGcsClient({ place }: ClientOptions): StorageClient {
  const { endpoint: apiEndpoint, bucket } = place;
  const credentials = place.credentials as StorageOptions["credentials"];
  const storage = new Storage({
    apiEndpoint,
    projectId: "stowage-bench",
    ...(credentials && { credentials, useAuthWithCustomEndpoint: true }),
  });
  storage.authClient.useJWTAccessWithScope = true; // signs its own token rather than ask Google for one
  const file = storage.bucket(bucket).file(KEY);
  return {
    async upload(content) {
      // 7.22 forgets the credentials of a custom endpoint when it starts an upload by itself
      const uri = credentials && (await file.createResumableUpload())[0];
      await pipeline(content, file.createWriteStream({ resumable: true, uri }));
    },
    download: async () => file.createReadStream(),
    close: async () => {},
  };
}
