import { pipeline } from "node:stream/promises";
import { CreateMultipartUploadCommand, S3Client, UploadPartCommand } from "@aws-sdk/client-s3";
import { answerWith, type Fault, type RecordedRequest } from "@stowage/test-kit";
import { expect, it, onTestFinished } from "vitest";
import { type Bed, PART_SIZE, pattern, startBed } from "./bed.ts";

const HOUR_MS = 60 * 60 * 1_000;
const PREFIX = "app/backups";

it("opening aborts what was silent for a day, whatever number of uploads and parts, and no key is too odd", async () => {
  const bed = await startBed({ uploadPageSize: 2 });
  for (const key of ["a.zip", "b+ü %.zip", "b+ü %.zip", "c.zip", ".stowage-lock.1"])
    await abandon(bed, { key, parts: 3 });
  bed.server.ageUploads(25 * HOUR_MS);

  await bed.open({ prefix: PREFIX }).open();

  expect(bed.server.uploads()).toEqual([]);
  expect(await bed.server.files()).toEqual([]);
});

it("opening leaves an upload alone that started or had a part within a day: its writer may live on another host", async () => {
  const bed = await startBed({ uploadPageSize: 2 });
  const slow = await abandon(bed, { key: "slow.zip", parts: 4 });
  bed.server.ageUploads(23 * HOUR_MS);
  await abandon(bed, { key: "young.zip", parts: 0 });
  bed.server.ageUploads(2 * HOUR_MS);
  await slow.addPart(5);

  await bed.open({ prefix: PREFIX }).open();

  expect(bed.server.uploads().map(({ key }) => key)).toEqual([`${PREFIX}/slow.zip`, `${PREFIX}/young.zip`]);
});

it("a write goes on while others open the bucket", async () => {
  const bed = await startBed();
  const filesystem = bed.open({ prefix: PREFIX });
  async function* content() {
    for (let part = 0; part < 4; part++) {
      yield pattern(PART_SIZE);
      await bed.open({ prefix: PREFIX }).open();
    }
  }

  await filesystem.write("a.zip", content());

  expect(await filesystem.exists("a.zip")).toBe(true);
});

it("opening touches no upload outside of its folder, or below it, or without a key of ours", async () => {
  const bed = await startBed();
  const others = ["elsewhere/a.zip", "app/backups-of-others/a.zip", `${PREFIX}/deeper/a.zip`, `${PREFIX}/.hidden`];
  for (const key of others) await abandon(bed, { key, parts: 1, prefix: "" });
  bed.server.ageUploads(25 * HOUR_MS);

  await bed.open({ prefix: PREFIX }).open();

  expect(bed.server.uploads()).toHaveLength(others.length);
});

it("the age is an option, down to an hour, and so is not to look at all", async () => {
  const bed = await startBed();
  await abandon(bed, { key: "a.zip", parts: 1 });
  bed.server.ageUploads(2 * HOUR_MS);

  await bed.open({ prefix: PREFIX }).open();
  await bed.open({ prefix: PREFIX, abandonedAfterMs: Number.POSITIVE_INFINITY }).open();
  expect(bed.server.uploads()).toHaveLength(1);
  expect(bed.server.requests.filter(isSweep)).toHaveLength(1);

  await bed.open({ prefix: PREFIX, abandonedAfterMs: HOUR_MS }).open();
  expect(bed.server.uploads()).toEqual([]);
});

it.each([
  ["may not be listed", isSweep, answerWith(403)],
  ["are no part of the service", isSweep, answerWith(501)],
  ["are listed in an answer without a date", isSweep, withoutDate()],
  ["have parts that may not be listed", isListOfParts, answerWith(403)],
  ["may not be aborted", ({ method }: RecordedRequest) => method === "DELETE", answerWith(403)],
])("a bucket whose uploads %s is opened all the same, and keeps them", async (_, match, fault) => {
  const bed = await startBed();
  await abandon(bed, { key: "a.zip", parts: 1 });
  bed.server.ageUploads(25 * HOUR_MS);
  const struck = bed.proxy.inject({ match, fault });

  await bed.open({ prefix: PREFIX }).open();

  expect(struck()).toBe(1);
  expect(bed.server.uploads()).toHaveLength(1);
});

it("an abort during the sweep ends the opening", async () => {
  const bed = await startBed();
  const controller = new AbortController();
  bed.proxy.inject({
    match: isSweep,
    fault: async () => controller.abort(),
  });

  await expect(bed.open().open({ signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
});

function isSweep({ method, query }: RecordedRequest): boolean {
  return method === "GET" && query.has("uploads");
}

function isListOfParts({ method, query }: RecordedRequest): boolean {
  return method === "GET" && query.has("uploadId");
}

function withoutDate(): Fault {
  return async (exchange) => {
    const answer = await exchange.forward();
    exchange.response.sendDate = false;
    exchange.writeHead(answer, ["date"]);
    await pipeline(answer, exchange.response);
  };
}

/** Starts an upload that nobody ends, as a process that is killed does. */
async function abandon(
  { server }: Bed,
  { key, parts, prefix = `${PREFIX}/` }: { key: string; parts: number; prefix?: string },
): Promise<{ addPart(number: number): Promise<void> }> {
  const { endpoint, region, credentials, bucket: Bucket } = server;
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  onTestFinished(() => client.destroy());
  const target = { Bucket, Key: prefix + key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const addPart = async (PartNumber: number) => {
    await client.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body: pattern(PART_SIZE) }));
  };
  for (let number = 1; number <= parts; number++) await addPart(number);
  return { addPart };
}
