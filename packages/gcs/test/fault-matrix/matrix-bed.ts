import type { Filesystem } from "@stowage/core";
import { type FaultProxy, type GcsServer, startFaultProxy, startGcsServer } from "@stowage/test-kit";
import { gcsFilesystem } from "../../src/index.ts";
import { CHUNK_SIZE } from "./operations.ts";

export interface MatrixBed {
  readonly server: GcsServer;
  readonly proxy: FaultProxy;
  /** Goes around the proxy. */
  readonly direct: Filesystem;
  readonly struck: Filesystem;
  /** For the faults that must time out. The others must not, on a machine however slow. */
  readonly impatient: Filesystem;
  close(): Promise<void>;
}

export async function makeMatrixBed(): Promise<MatrixBed> {
  const server = await startGcsServer();
  const proxy = await startFaultProxy({ target: server.apiEndpoint });
  const { bucket, credentials } = server;
  const common = { bucket, credentials, chunkSize: CHUNK_SIZE, retry: { baseMs: 1, capMs: 5 } };
  const direct = gcsFilesystem({ ...common, apiEndpoint: server.apiEndpoint });
  const struck = gcsFilesystem({ ...common, apiEndpoint: proxy.endpoint });
  const impatient = gcsFilesystem({ ...common, apiEndpoint: proxy.endpoint, idleTimeoutMs: 750 });
  await Promise.all([struck.open(), impatient.open()]);
  const close = async () => {
    await Promise.all([direct.close(), struck.close(), impatient.close()]);
    await proxy.close();
    await server.close();
  };
  return { server, proxy, direct, struck, impatient, close };
}
