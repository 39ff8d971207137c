import { startGcsServer, startS3Server } from "@stowage/test-kit";
import type { ServerOrder } from "./job.ts";
import { SeededContent } from "./seeded-content.ts";
import type { Server } from "./server.ts";
import { startGcsSink } from "./sinks/gcs-sink.ts";
import { startS3Sink } from "./sinks/s3-sink.ts";

/** Starts a server on a free port of 127.0.0.1. The doubles keep data in a temporary directory, the sinks keep none. */
export async function startServer({ service, kind, ...options }: ServerOrder): Promise<Server> {
  if (kind === "sink") {
    const content = new SeededContent(options);
    return service === "s3" ? startS3Sink(content) : startGcsSink(content);
  }
  return service === "s3" ? startS3Double() : startGcsDouble();
}

async function startS3Double(): Promise<Server> {
  const { endpoint, bucket, credentials, close } = await startS3Server();
  return { place: { endpoint, bucket, credentials }, close };
}

async function startGcsDouble(): Promise<Server> {
  const { apiEndpoint: endpoint, bucket, credentials, close } = await startGcsServer();
  return { place: { endpoint, bucket, credentials }, close };
}
