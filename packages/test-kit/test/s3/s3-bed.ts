import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";
import { type S3Server, type S3ServerOptions, startS3Server } from "../../src/index.ts";

export const KIBIBYTE = 1_024;

export interface S3Bed {
  readonly server: S3Server;
  readonly client: S3Client;
  readonly Bucket: string;
  connect(config?: Partial<S3ClientConfig>): S3Client;
}

/** Starts a server with parts from 1 KiB on, and the real SDK in front of it. Both are gone when the test is over. */
export async function startBed(options: S3ServerOptions = {}): Promise<S3Bed> {
  const server = await startS3Server({ minPartSize: KIBIBYTE, ...options });
  onTestFinished(() => server.close());
  const connect = (config: Partial<S3ClientConfig> = {}) => {
    const { endpoint, region, credentials } = server;
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1, ...config });
    onTestFinished(() => client.destroy());
    return client;
  };
  return { server, client: connect(), Bucket: server.bucket, connect };
}
