import type { StorageOptions } from "@google-cloud/storage";
import type { RetryPolicy } from "@stowage/core/driver";

export interface GcsOptions {
  readonly bucket: string;
  /** The folder of the bucket that holds the objects, such as "backups/app-a". The bucket's root when left out. */
  readonly prefix?: string | undefined;
  /** The service's address, for emulators and private endpoints. */
  readonly apiEndpoint?: string | undefined;
  readonly projectId?: string | undefined;
  /** The project that pays for requests, as a bucket with requester pays demands. The bucket's owner pays when left out. */
  readonly userProject?: string | undefined;
  /** A service account's key or another credential that the SDK knows. Application Default Credentials when left out. */
  readonly credentials?: StorageOptions["credentials"] | undefined;
  /** A client of `google-auth-library`, in place of `credentials`. */
  readonly authClient?: StorageOptions["authClient"] | undefined;
  /** Whether the credentials may sign URLs. Follows from a `private_key` in `credentials` when left out. */
  readonly signedUrls?: boolean | undefined;
  /** Bytes of one request of an upload, a multiple of 256 KiB. Each upload holds two such buffers. 8 MiB when left out. */
  readonly chunkSize?: number | undefined;
  /** How long connecting may take, in milliseconds. 10,000 when left out. */
  readonly connectTimeoutMs?: number | undefined;
  /** How long a request may pass no byte in either direction, in milliseconds. 60,000 when left out. */
  readonly idleTimeoutMs?: number | undefined;
  /** When a failed request is sent again. At most 5 attempts within 60 s when left out. */
  readonly retry?: Partial<RetryPolicy> | undefined;
}

export interface GcsSettings extends GcsOptions {
  /** Empty, or ends with a slash. */
  readonly prefix: string;
  readonly chunkSize: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly signedUrls: boolean;
}
