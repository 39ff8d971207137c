import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { GetObjectCommand, paginateListObjectsV2 } from "@aws-sdk/client-s3";
import { BackupManager, type Filesystem } from "@stowage/core";
import { localFilesystem } from "@stowage/local";
import { Stopwatch } from "../archive/stopwatch.ts";
import { createJob } from "./create-job.ts";
import { BUCKET, COUNTER, KEY, type StorageAnswer, type StorageOrder } from "./job.ts";
import { openS3, openSdk } from "./open-s3.ts";
import type { Action, StorageJob } from "./storage-job.ts";

const JOBS: Readonly<Record<string, (order: StorageOrder) => Promise<StorageJob>>> = {
  "list-local": async ({ directory }) => listJob(localFilesystem({ directory })),
  "stat-local": async ({ directory }) => ({ action: () => statAll(directory), canWarmUp: true }),
  "list-s3": async ({ endpoint }) => listJob(openS3(endpoint)),
  "paginate-s3": async ({ endpoint }) => paginateJob(endpoint),
  "entries-s3": async ({ endpoint }) => entriesJob(openS3(endpoint)),
  "restore-s3": async ({ endpoint, directory }) => restoreJob(openS3(endpoint), directory),
  "create-s3": async ({ endpoint, source = "" }) => createJob(openS3(endpoint), source),
  "create-then-upload": async (order) => {
    // loaded on demand: the memory of the SDK's helper is not that of the other jobs
    return (await import("./create-then-upload-job.ts")).createThenUploadJob(order);
  },
  "get-s3": async ({ endpoint }) => getJob(endpoint),
};

/** Does one job in this process and tells what it cost, with the requests that the server saw meanwhile. */
export async function runStorageJob(order: StorageOrder): Promise<StorageAnswer> {
  const make = JOBS[order.job];
  if (!make) throw new Error(`there is no job called ${order.job}`);
  const { action, canWarmUp, close } = await make(order);
  if (canWarmUp) await action(new Stopwatch());
  const before = await requestsAt(order.endpoint);
  const stopwatch = new Stopwatch();
  const { amount, ...moment } = await action(stopwatch);
  const figures = { ...stopwatch.read(), ...moment };
  const requests = (await requestsAt(order.endpoint)) - before;
  await close?.();
  return { ...figures, requests, amount };
}

async function requestsAt(endpoint: string): Promise<number> {
  return endpoint === "" ? 0 : Number(await (await fetch(`${endpoint}${COUNTER}`)).text());
}

function managerOf(filesystem: Filesystem, dataDir: string): BackupManager {
  return new BackupManager({ dataDir, filesystem, lock: "process" });
}

function listJob(filesystem: Filesystem): StorageJob {
  const manager = managerOf(filesystem, "none");
  return {
    action: async () => ({ amount: (await manager.list()).length }),
    canWarmUp: true,
    close: () => filesystem.close(),
  };
}

/** What an application writes itself, newest first too. */
async function statAll(directory: string): Promise<{ amount: number }> {
  const names = await readdir(directory);
  const backups = await Promise.all(
    names.map(async (key) => {
      const { size, mtime } = await stat(join(directory, key));
      return { key, size, modifiedAt: mtime };
    }),
  );
  return { amount: backups.sort((left, right) => right.modifiedAt.getTime() - left.modifiedAt.getTime()).length };
}

function paginateJob(endpoint: string): StorageJob {
  const client = openSdk(endpoint);
  const action = async () => {
    const backups = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: BUCKET }))
      backups.push(...Contents);
    return { amount: backups.length };
  };
  return { action, canWarmUp: true };
}

async function entriesJob(filesystem: Filesystem): Promise<StorageJob> {
  await filesystem.open();
  const manager = managerOf(filesystem, "none");
  const action = async () => ({ amount: (await manager.entries(KEY)).length });
  return { action, canWarmUp: false, close: () => filesystem.close() };
}

/** Up to the moment before the data is replaced, as the other restores. */
async function restoreJob(filesystem: Filesystem, dataDir: string): Promise<StorageJob> {
  await filesystem.open();
  const action: Action = async (stopwatch) => {
    let wallMs = Number.NaN;
    const beforeSwap = () => {
      wallMs = stopwatch.elapsedMs;
    };
    await using manager = new BackupManager({ dataDir, filesystem, lock: "process", hooks: { beforeSwap } });
    const { size } = await manager.restore(KEY);
    return { amount: size, wallMs };
  };
  return { action, canWarmUp: false, close: () => filesystem.close() };
}

async function getJob(endpoint: string): Promise<StorageJob> {
  const client = openSdk(endpoint);
  const action = async () => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }));
    let amount = 0;
    for await (const chunk of Body as AsyncIterable<Uint8Array>) amount += chunk.length;
    return { amount };
  };
  return { action, canWarmUp: false };
}
