import { answerWith, type RecordedRequest, rewriteBody, rewriteHeader, truncateBody } from "@stowage/test-kit";
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

it("a list that gives a token with its last page, as Zenko does, ends there", async () => {
  const { proxy, open } = await startBed();
  const filesystem = open();
  for (const key of ["a", "b", "c"]) await filesystem.write(key, pattern(3));
  const isList = ({ query }: RecordedRequest) => query.has("list-type");
  const stray = "<IsTruncated>false</IsTruncated><NextContinuationToken>more</NextContinuationToken>";
  const fault = rewriteBody((body) => body.replace("<IsTruncated>false</IsTruncated>", stray));
  const struck = proxy.inject({ match: isList, fault });

  const keys: string[] = [];
  for await (const { key } of filesystem.list({ pageSize: 2 })) keys.push(key);

  expect(keys).toEqual(["a", "b", "c"]);
  expect(struck()).toBeGreaterThan(0);
});

it.each([
  ["weak, as a proxy that compresses makes it", (etag: string) => `W/${etag}`],
  ["without quotes", (etag: string) => etag.replaceAll('"', "")],
])("an ETag that is %s now and then is that of the same version", async (_, rewrite) => {
  const { proxy, open, server } = await startBed();
  const filesystem = open();
  const content = pattern(3 * PART_SIZE);
  const { etag } = await filesystem.write("object", content);
  const isGet = ({ method, query }: RecordedRequest) =>
    method === "GET" && !query.has("list-type") && !query.has("uploads");
  const isRest = (request: RecordedRequest) => isGet(request) && request.headers["if-match"] !== undefined;
  proxy.inject({ match: isRest, fault: rewriteHeader("etag", rewrite) });
  proxy.inject({ match: isGet, fault: truncateBody(1_000), times: 1 });

  expect(await bytesAt(filesystem, "object", { start: 1 })).toEqual(content.subarray(1));

  expect(server.requests.filter(isRest).map(({ headers }) => headers["if-match"])).toEqual([etag]);
  proxy.inject({ match: ({ method }) => method === "HEAD", fault: rewriteHeader("etag", rewrite) });
  expect(await filesystem.stat("object")).toMatchObject({ etag });
});
