import { createReadStream } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { groupDirectories, temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it, onTestFinished } from "vitest";
import { treeDifference } from "../src/archive/check-tree.ts";
import { openClient } from "../src/archive/clients/open-client.ts";
import { type DatasetName, makeDataset } from "../src/datasets/dataset.ts";
import { BUCKET, KEY, listedKey, type ObjectServerOrder } from "../src/storage/job.ts";
import { startObjectServer } from "../src/storage/object-server.ts";
import { digestOf, forgetReceived, receivedDifference } from "../src/storage/received-object.ts";
import { runStorageJob } from "../src/storage/run-storage-job.ts";

const { signal } = new AbortController();

async function serve(order: Partial<ObjectServerOrder>): Promise<string> {
  const { endpoint, close } = await startObjectServer({ listed: 0, firstByteMs: 0, ...order });
  onTestFinished(close);
  return endpoint;
}

const directories = groupDirectories();
const archives = new Map<DatasetName, ReturnType<typeof makeArchive>>();

/** The archive of a data set, which the tests share, with a place of the test's own to restore it to. */
async function archiveOf(name: DatasetName = "d2") {
  const made = archives.get(name) ?? makeArchive(name);
  archives.set(name, made);
  return { ...(await made), target: join(await temporaryDirectory(), "tree") };
}

async function makeArchive(name: DatasetName) {
  const home = await directories();
  const sizes = { scale: 0.002, files: 700, size: 20e6, seed: 1 };
  const dataset = await makeDataset(name, { directory: join(home, "data"), sizes, signal });
  await mkdir(join(home, "archives"));
  const job = { source: dataset.directory, archive: join(home, "archives", KEY), target: join(home, "tree") };
  await (await openClient("stowage-create"))(job);
  return { ...job, dataset };
}

it.each(["list-s3", "paginate-s3"])("%s finds all of 2,500 backups in three requests", async (job) => {
  const endpoint = await serve({ listed: 2_500 });

  expect(await runStorageJob({ job, endpoint, directory: "" })).toMatchObject({ amount: 2_500, requests: 3 });
});

it.each(["list-local", "stat-local"])("%s finds all local backups", async (job) => {
  const directory = await temporaryDirectory();
  for (let index = 0; index < 70; index++) await writeFile(join(directory, listedKey(index)), "");

  expect(await runStorageJob({ job, endpoint: "", directory })).toMatchObject({ amount: 70, requests: 0 });
});

it("the entries of an archive and their directories are found, and the archive is fetched and restored", async () => {
  const { archive, target, dataset } = await archiveOf();
  const endpoint = await serve({ archive, firstByteMs: 1, bytesPerSecond: 200e6 });
  const run = (job: string) => runStorageJob({ job, endpoint, directory: target });

  expect((await run("entries-s3")).amount).toBe(700 + 4);
  expect(await run("get-s3")).toMatchObject({ requests: 1 });
  const { amount, requests, wallMs } = await run("restore-s3");
  expect(amount).toBe(dataset.size);
  expect(Math.min(requests, wallMs)).toBeGreaterThan(0);
  expect(await treeDifference(target, dataset.manifest, { keepsModes: true, signal })).toBeUndefined();
});

it("the server sends the range that is asked for", async () => {
  const archive = join(await temporaryDirectory(), KEY);
  await writeFile(archive, "0123456789");
  const endpoint = await serve({ archive });
  const get = async (range: string) => {
    const response = await fetch(`${endpoint}/${BUCKET}/${KEY}`, { headers: { range } });
    return [response.status, response.headers.get("content-range"), await response.text()];
  };

  expect(await get("bytes=2-4")).toEqual([206, "bytes 2-4/10", "234"]);
  expect(await get("bytes=7-")).toEqual([206, "bytes 7-9/10", "789"]);
});

it.each([
  ["create-s3", "d2"],
  ["create-s3", "d3"],
  ["create-then-upload", "d2"],
  ["create-then-upload", "d3"],
] as const)("%s leaves the bytes of a local backup of %s with the server", async (job, name) => {
  const { source, archive } = await archiveOf(name);
  const endpoint = await serve({ received: await temporaryDirectory(), firstByteMs: 1, bytesPerSecond: 200e6 });
  const wanted = await digestOf(createReadStream(archive));

  const answer = await runStorageJob({ job, endpoint, directory: await temporaryDirectory(), source });

  expect(answer.amount).toBe(wanted.size);
  expect(answer.requests).toBeGreaterThanOrEqual(name === "d3" ? 5 : 1); // three parts, their start and their end
  expect(await receivedDifference(endpoint, wanted)).toBeUndefined();
});

it("an object that differs in one byte is found out, and one that is short, and none at all", async () => {
  const { archive } = await archiveOf();
  const endpoint = await serve({ received: await temporaryDirectory() });
  const bytes = await readFile(archive);
  const wanted = await digestOf(createReadStream(archive));
  const differenceOf = async (body: Buffer) => {
    await fetch(`${endpoint}/${BUCKET}/${KEY}`, { method: "PUT", body });
    return receivedDifference(endpoint, wanted);
  };
  const altered = Buffer.from(bytes);
  altered.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000);

  expect(await differenceOf(bytes)).toBeUndefined();
  expect(await differenceOf(altered)).toMatch("other bytes");
  expect(await differenceOf(bytes.subarray(1))).toMatch(`${bytes.length - 1} bytes instead of ${bytes.length}`);
  await forgetReceived(endpoint);
  expect(await receivedDifference(endpoint, wanted)).toMatch("no object");
});
