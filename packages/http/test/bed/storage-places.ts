import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import type { FilesystemDriver } from "@stowage/core";
import { GcsDriver } from "@stowage/gcs";
import { LocalDriver } from "@stowage/local";
import { MemoryDriver } from "@stowage/memory";
import { S3Driver } from "@stowage/s3";
import { startGcsServer, startS3Server } from "@stowage/test-kit";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { onTestFinished } from "vitest";

/** A storage of one kind, and a look behind its driver. */
export interface StoragePlace {
  readonly driver: FilesystemDriver;
  /** What no answer says. */
  readonly hidden: readonly string[];
  /** What no log says either. */
  readonly secrets: readonly string[];
  /** All that lies there, unfinished uploads and temporary files among it. Locks are left out. */
  residue(): Promise<string[]>;
}

const PART_SIZE = 16 * 1024;
const CHUNK_SIZE = 256 * 1024;

/** Makes a storage of each kind, in parts so small that an archive of a megabyte has several. */
export const STORAGE_PLACES: Readonly<Record<string, () => Promise<StoragePlace>>> = { memory, local, s3, gcs };

async function memory(): Promise<StoragePlace> {
  const driver = new MemoryDriver();
  const signal = new AbortController().signal;
  const residue = async () => (await driver.list({ prefix: "", limit: 100, signal })).files.map(({ key }) => key);
  return { driver, hidden: [], secrets: [], residue: async () => withoutLocks(await residue()) };
}

async function local(): Promise<StoragePlace> {
  const directory = await temporaryDirectory();
  const residue = async () => withoutLocks(await readdir(directory));
  return { driver: new LocalDriver({ directory }), hidden: [directory, basename(directory)], secrets: [], residue };
}

async function s3(): Promise<StoragePlace> {
  const server = await startS3Server({ minPartSize: PART_SIZE });
  onTestFinished(() => server.close());
  const { bucket, endpoint, credentials } = server;
  const driver = new S3Driver({ bucket, endpoint, credentials, partSize: PART_SIZE });
  const residue = async () => {
    const objects = server.keys().filter((key) => withoutLocks([key]).length > 0);
    const orphans = (await server.files()).length - server.keys().length;
    return [...objects, ...server.uploads().map(({ key }) => `upload of ${key}`), ...Array(orphans).fill("orphan")];
  };
  return { driver, hidden: [bucket, endpoint], secrets: [credentials.secretAccessKey], residue };
}

async function gcs(): Promise<StoragePlace> {
  const server = await startGcsServer();
  onTestFinished(() => server.close());
  const { bucket, apiEndpoint, credentials } = server;
  const driver = new GcsDriver({ bucket, apiEndpoint, credentials, chunkSize: CHUNK_SIZE });
  const residue = async () => [...withoutLocks(server.objectNames()), ...server.openUploads()];
  return { driver, hidden: [bucket, apiEndpoint], secrets: [credentials.private_key], residue };
}

function withoutLocks(names: readonly string[]): string[] {
  return names.filter((name) => !name.startsWith(".stowage-lock."));
}
