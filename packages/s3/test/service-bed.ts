import dns from "node:dns";
import { BackupManager } from "@stowage/core";
import { type FaultProxy, type S3Server, type ServiceProfile, startFaultProxy, startS3Server } from "@stowage/test-kit";
import { SeededRandom } from "@stowage/test-kit/random";
import { type Tree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { onTestFinished, vi } from "vitest";
import { s3Filesystem } from "../src/index.ts";
import type { S3Options } from "../src/s3-options.ts";
import { S3_SERVICES, type S3ServiceName } from "../src/services.ts";
import { optionsFor, PART_SIZE } from "./bed.ts";
import { REGION, SERVICE_PROFILES } from "./service-profiles.ts";

/** Stands for a service in a host name, in place of the double's address. */
const HOST = "s3.service.test";

export interface ServiceBed {
  readonly server: S3Server;
  readonly proxy: FaultProxy;
  /** By what the service's row says, and what is given besides. */
  open(options?: Partial<S3Options>): ReturnType<typeof s3Filesystem>;
}

/** Starts a double that behaves as the service, and worse if `besides` says so. Everything is gone when the test is over. */
export async function startService(name: S3ServiceName, besides: ServiceProfile = {}): Promise<ServiceBed> {
  const profile = { ...SERVICE_PROFILES[name], ...besides };
  const server = await startS3Server({ minPartSize: PART_SIZE, profile });
  onTestFinished(() => server.close());
  const proxy = await startFaultProxy({ target: server.endpoint });
  onTestFinished(() => proxy.close());
  if (profile.virtualHostOnly) resolveHosts();
  const endpoint = profile.virtualHostOnly ? proxy.endpoint.replace("127.0.0.1", HOST) : proxy.endpoint;
  const { checksums: _, ...common } = optionsFor(server, endpoint);
  const checksums = name === "aws" ? { checksums: "full-object" as const } : {}; // its default without an endpoint
  const region = needsRegion(name) ? { region: REGION } : {};
  return {
    server,
    proxy,
    open(options = {}) {
      const filesystem = s3Filesystem({ ...common, ...checksums, ...region, service: name, ...options });
      onTestFinished(() => filesystem.close());
      return filesystem;
    },
  };
}

/** A manager of data that is compressed to `bytes` bytes and a little more. */
export async function managerOf(
  filesystem: ReturnType<typeof s3Filesystem>,
  bytes: number,
): Promise<{ manager: BackupManager; dataDir: string; data: Tree }> {
  const data: Tree = { "large.txt": new SeededRandom(7).bytes(bytes).toString("base64"), "notes/a.txt": "a note\n" };
  const dataDir = await temporaryDirectory();
  await writeTree(dataDir, data);
  const manager = new BackupManager({ dataDir, filesystem });
  onTestFinished(() => manager.close());
  return { manager, dataDir, data };
}

/** AWS and the services whose URLs name a region. */
function needsRegion(name: S3ServiceName): boolean {
  return name === "aws" || (S3_SERVICES[name].endpoint?.includes("<region>") ?? false);
}

/** Has every host name lead to this host. */
export function resolveHosts(): void {
  const lookup = (_host: string, options: { all?: boolean }, callback: (...answer: unknown[]) => void) =>
    options.all ? callback(null, [{ address: "127.0.0.1", family: 4 }]) : callback(null, "127.0.0.1", 4);
  const spy = vi.spyOn(dns, "lookup").mockImplementation(lookup as never);
  onTestFinished(() => spy.mockRestore());
}
