import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Harness, otherProcess } from "@stowage/contract-tests";
import { type GcsServer, putNeighbours, startGcsServer, startSilentServer } from "@stowage/test-kit";
import { forkSource } from "@stowage/test-kit/program";
import { afterAll } from "vitest";
import { type GcsOptions, gcsFilesystem } from "../src/index.ts";
import { CHUNK_SIZE } from "./gcs-bed.ts";

const OTHER_PROCESS = join(import.meta.dirname, "other-process.ts");

/** Starts a server for the tests of a file. Each case has a folder of its own, and chunks so small that writes have several. */
export async function makeGcsHarness(): Promise<Harness> {
  const [server, silent] = await Promise.all([startGcsServer(), startSilentServer()]);
  afterAll(() => Promise.all([server.close(), silent.close()]));
  return { create: () => createNamespace(server, silent.endpoint) };
}

function createNamespace({ apiEndpoint, bucket, credentials, ...server }: GcsServer, silent: string) {
  const prefix = randomUUID();
  const common = { apiEndpoint, bucket, prefix, credentials, chunkSize: CHUNK_SIZE, retry: { baseMs: 5 } };
  const open = (options: Partial<GcsOptions> = {}) => gcsFilesystem({ ...common, ...options });
  return {
    open: () => open(),
    openDenied: () => open({ credentials: server.wrongCredentials }),
    openMissing: () => open({ bucket: "missing" }),
    openUnreachable: () => open({ apiEndpoint: "http://127.0.0.1:1" }),
    openSilent: () => open({ apiEndpoint: silent }),
    residue: async () => server.openUploads().filter((name) => name.startsWith(prefix)),
    neighbours: () => putNeighbours(open({ prefix: "" }), prefix),
    outage: async () => server.fail(prefix),
    elsewhere: () => otherProcess(forkSource(OTHER_PROCESS, JSON.stringify(common))),
    secrets: [credentials.private_key, server.wrongCredentials.private_key],
  };
}
