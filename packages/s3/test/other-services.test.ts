import { answerWith, type RecordedRequest, rewriteBody } from "@stowage/test-kit";
import { expect, it } from "vitest";
import { bytesAt, PART_SIZE, pattern, startBed } from "./bed.ts";

const isComplete = ({ method, query }: RecordedRequest) => method === "POST" && query.has("uploadId");
const isDelete = ({ method, query }: RecordedRequest) => method === "DELETE" && !query.has("uploadId");

it("an upload that is completed without naming its ETag is completed once", async () => {
  const { proxy, open } = await startBed();
  const content = pattern(2 * PART_SIZE + 1);
  const fault = rewriteBody((body) => body.replace(/<ETag>[^<]*<\/ETag>/, "<ETag></ETag>"));
  const struck = proxy.inject({ match: isComplete, fault });

  const filesystem = open();
  const info = await filesystem.write("object", content);

  expect(struck()).toBe(1);
  expect(info).toEqual(await filesystem.stat("object"));
  expect(await bytesAt(filesystem, "object")).toEqual(content);
});

it("a delete that is told that there is no such key succeeds", async () => {
  const { proxy, open } = await startBed();
  const body = "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>";
  proxy.inject({ match: isDelete, fault: answerWith(404, body) });

  await expect(open().delete("object")).resolves.toBeUndefined();
});

it("a delete that is told that there is no such bucket fails", async () => {
  const { proxy, open } = await startBed();
  proxy.inject({ match: isDelete, fault: answerWith(404, "<Error><Code>NoSuchBucket</Code></Error>") });

  await expect(open().delete("object")).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
});
