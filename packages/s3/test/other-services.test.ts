import {
  answerWith,
  type RecordedRequest,
  rewriteBody,
  rewriteHeader,
  startS3Server,
  truncateBody,
} from "@stowage/test-kit";
import { describe, expect, it, onTestFinished } from "vitest";
import { s3Filesystem } from "../src/index.ts";
import { bytesAt, optionsFor, PART_SIZE, pattern, startBed } from "./bed.ts";

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

describe("a page for people instead of an answer", () => {
  const page = (title: string) => `<html>\r\n<head><title>${title}</title></head><body><hr>nginx</body></html>`;

  it.each([
    ["PUT", 413, "CONFIG_INVALID", /^.*HTTP 413 \(text\/html\): .*lower partSize, or raise its limit/],
    ["PUT", 417, "CONFIG_INVALID", /HTTP 417 \(text\/html\): .*Expect/],
    ["PUT", 502, "UNAVAILABLE", /HTTP 502 \(text\/html\): .*proxy/],
    ["GET", 403, "PERMISSION_DENIED", /HTTP 403 \(text\/html\): .*proxy/],
    ["GET", 200, "UNAVAILABLE", /HTTP 200 \(text\/html\): .*another program at this endpoint/],
  ] as const)("to %s, %i, is told by status and type, with what to do", async (method, status, code, message) => {
    const { proxy, open } = await startBed();
    const headers = { "content-type": "text/html; charset=utf-8" };
    const fault = answerWith(status, page(`${status} of a proxy`), headers);
    proxy.inject({ match: (request) => request.method === method, fault });
    const filesystem = open({ retry: { attempts: 1 } });

    const call = method === "PUT" ? filesystem.write("a", pattern(3)) : filesystem.stat("a");

    await expect(call).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

it.each([-3_600_000, 3_600_000])(
  "a clock that is %i ms off is corrected by the answer, and the call succeeds",
  async (offMs) => {
    const server = await startS3Server({ now: () => Date.now() + offMs });
    onTestFinished(() => server.close());
    const filesystem = s3Filesystem(optionsFor(server, server.endpoint));

    await filesystem.write("a", pattern(3), { ifNotExists: true });

    expect(await bytesAt(filesystem, "a")).toEqual(pattern(3));
    expect(server.requests.length).toBeLessThan(8); // one of them twice
  },
);
