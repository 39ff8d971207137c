import { join } from "node:path";
import { type GcsServer, startGcsServer } from "@stowage/test-kit";
import { type KillFigures, killCreates } from "@stowage/test-kit/kill";
import { CHUNK_SIZE } from "./gcs-bed.ts";
import { killCreateManager } from "./kill-create-child.ts";

/** Kills a create before and after every request. */
export function killGcsCreates(): Promise<KillFigures> {
  return killCreates<GcsServer>({
    program: join(import.meta.dirname, "kill-create-child.ts"),
    dataSize: 3 * CHUNK_SIZE,
    start: () => startGcsServer(),
    targetOf: ({ apiEndpoint }) => apiEndpoint,
    storageAt: ({ bucket, credentials }, apiEndpoint) => ({
      bucket,
      credentials,
      apiEndpoint,
      prefix: "app",
      chunkSize: CHUNK_SIZE,
      retry: { baseMs: 1, capMs: 5 },
    }),
    open: killCreateManager,
    leftovers: async (server) => server.openUploads().length, // no request lists them: they expire by themselves
  });
}
