import { s3Filesystem } from "@stowage/s3";
import { CONCURRENCY, PART_SIZE } from "../job.ts";
import type { ClientOptions, StorageClient } from "./storage-client.ts";
import { stowageClient } from "./stowage-client.ts";

export interface StowageS3Options {
  readonly isLengthKnown?: boolean;
  /** As the option of the driver; its default, which is to sign over http, when left out. */
  readonly signPayload?: boolean;
}

/** Opens `@stowage/s3` with the part size and concurrency of its peer. */
export function stowageS3Client(
  { place, content }: ClientOptions,
  { isLengthKnown = true, ...signing }: StowageS3Options = {},
): StorageClient {
  const { endpoint, bucket } = place;
  const credentials = place.credentials as { accessKeyId: string; secretAccessKey: string };
  const options = { endpoint, bucket, credentials, partSize: PART_SIZE, concurrency: CONCURRENCY, ...signing };
  return stowageClient(s3Filesystem(options), isLengthKnown ? content.size : undefined);
}
