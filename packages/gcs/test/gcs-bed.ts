import type { Filesystem } from "@stowage/core";
import {
  type FaultProxy,
  type GcsServer,
  type GcsServerOptions,
  type RecordedRequest,
  startFaultProxy,
  startGcsServer,
} from "@stowage/test-kit";
import { onTestFinished } from "vitest";
import { type GcsOptions, gcsFilesystem } from "../src/index.ts";

export const CHUNK_SIZE = 256 * 1024;

/** A server, a proxy before it, and a filesystem that reaches the server through the proxy. */
export interface GcsBed {
  readonly server: GcsServer;
  readonly proxy: FaultProxy;
  readonly filesystem: Filesystem;
  /** Makes another filesystem of the same bucket. */
  open(options: Partial<GcsOptions>): Filesystem;
}

/** Makes a bed that is taken apart when the running test is over. */
export async function makeGcsBed(
  options: Partial<GcsOptions> = {},
  serverOptions: GcsServerOptions = {},
): Promise<GcsBed> {
  const server = await startGcsServer(serverOptions);
  const proxy = await startFaultProxy({ target: server.apiEndpoint });
  const { bucket, credentials } = server;
  const retry = { baseMs: 1, capMs: 5 };
  const common = { bucket, credentials, apiEndpoint: proxy.endpoint, chunkSize: CHUNK_SIZE, retry };
  const filesystems: Filesystem[] = [];
  const open = (changed: Partial<GcsOptions>) => {
    const filesystem = gcsFilesystem({ ...common, ...changed });
    filesystems.push(filesystem);
    return filesystem;
  };
  onTestFinished(async () => {
    await Promise.all(filesystems.map((filesystem) => filesystem.close()));
    await proxy.close();
    await server.close();
  });
  const filesystem = open(options);
  await filesystem.open();
  return { server, proxy, filesystem, open };
}

export async function readAll(filesystem: Filesystem, key: string): Promise<Buffer> {
  const { content } = await filesystem.read(key);
  return Buffer.concat(await content.toArray());
}

export function isDownload({ query }: RecordedRequest): boolean {
  return query.get("alt") === "media";
}

/** Matches a PUT to an upload whose `Content-Range` starts like this. */
export function isChunk(start: string): (request: RecordedRequest) => boolean {
  return ({ method, headers }) => method === "PUT" && String(headers["content-range"]).startsWith(`bytes ${start}`);
}

export function contentRanges({ proxy }: GcsBed): string[] {
  return proxy.requests.filter(({ method }) => method === "PUT").map(({ headers }) => String(headers["content-range"]));
}
