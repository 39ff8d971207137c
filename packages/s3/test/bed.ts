import { Filesystem } from "@stowage/core";
import {
  type FaultProxy,
  type S3Server,
  type S3ServerOptions,
  startFaultProxy,
  startS3Server,
} from "@stowage/test-kit";
import { onTestFinished } from "vitest";
import { S3Driver } from "../src/s3-driver.ts";
import type { S3Options } from "../src/s3-options.ts";

export const KIBIBYTE = 1_024;

/** Small enough that a few kilobytes make several parts. */
export const PART_SIZE = 16 * KIBIBYTE;

export interface Bed {
  readonly server: S3Server;
  /** Between the driver and the server. */
  readonly proxy: FaultProxy;
  open(options?: Partial<S3Options>): Filesystem;
}

/** Starts a server behind a proxy, both gone when the test is over. Retries do not wait. */
export async function startBed(options: S3ServerOptions = {}): Promise<Bed> {
  const server = await startS3Server({ minPartSize: PART_SIZE, ...options });
  onTestFinished(() => server.close());
  const proxy = await startFaultProxy({ target: server.endpoint });
  onTestFinished(() => proxy.close());
  return {
    server,
    proxy,
    open(overrides = {}) {
      const filesystem = new Filesystem(new S3Driver({ ...optionsFor(server, proxy.endpoint), ...overrides }));
      onTestFinished(() => filesystem.close());
      return filesystem;
    },
  };
}

/** Options with which a driver reaches the server at `endpoint`, quick to give up. */
export function optionsFor({ bucket, credentials }: S3Server, endpoint: string): S3Options {
  return {
    bucket,
    endpoint,
    credentials,
    checksums: "full-object",
    partSize: PART_SIZE,
    retry: { baseMs: 0 },
    abortGraceMs: 300,
  };
}

/** Bytes that differ from place to place, so that a part out of order shows. */
export function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let index = 0; index < size; index++) bytes[index] = (index * 31 + (index >> 8) * 7) & 0xff;
  return bytes;
}

export async function bytesAt(
  filesystem: Filesystem,
  key: string,
  range: { start?: number; end?: number } = {},
): Promise<Buffer> {
  const { content } = await filesystem.read(key, range);
  return Buffer.concat(await content.toArray());
}
