import type { ClientOptions, StorageClient } from "./storage-client.ts";

type Open = (options: ClientOptions) => StorageClient;

/** Loads nothing but the code of the client that is asked for: the memory of another SDK is not its own. */
const CLIENTS: Readonly<Record<string, () => Promise<Open>>> = {
  floor: async () => (await import("./floor-client.ts")).floorClient,
  "stowage-s3": async () => (await import("./stowage-s3-client.ts")).stowageS3Client,
  "stowage-s3-unknown-length": async () => {
    const { stowageS3Client } = await import("./stowage-s3-client.ts");
    return (options) => stowageS3Client(options, { isLengthKnown: false });
  },
  "stowage-s3-unsigned": async () => {
    const { stowageS3Client } = await import("./stowage-s3-client.ts");
    return (options) => stowageS3Client(options, { signPayload: false });
  },
  "sdk-s3": async () => (await import("./sdk-s3-client.ts")).sdkS3Client,
  "stowage-gcs": async () => (await import("./stowage-gcs-client.ts")).stowageGcsClient,
  "sdk-gcs": async () => (await import("./sdk-gcs-client.ts")).sdkGcsClient,
};

/** Opens a client by its name, without a request. */
export async function openClient(name: string, options: ClientOptions): Promise<StorageClient> {
  const load = CLIENTS[name];
  if (!load) throw new Error(`there is no client called ${name}`);
  const open = await load();
  return open(options);
}
