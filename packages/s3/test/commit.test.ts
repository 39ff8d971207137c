import { CompleteMultipartUploadCommand, ListPartsCommand, S3Client } from "@aws-sdk/client-s3";
import {
  answerWith,
  hang,
  loseReply,
  type RecordedRequest,
  resetBeforeHeaders,
  type S3Server,
} from "@stowage/test-kit";
import { expect, it } from "vitest";
import { bytesAt, PART_SIZE, pattern, startBed } from "./bed.ts";

const isPut = ({ method, query }: RecordedRequest) => method === "PUT" && !query.has("partNumber");
const isComplete = ({ method, query }: RecordedRequest) => method === "POST" && query.has("uploadId");

const SHAPES: [name: string, content: Buffer, isCommit: (request: RecordedRequest) => boolean][] = [
  ["one request", pattern(100), isPut],
  ["parts", pattern(2 * PART_SIZE + 1), isComplete],
];

it.each(SHAPES)("a create-only write in %s whose reply is lost knows its own object", async (_, content, isCommit) => {
  const { server, proxy, open } = await startBed();
  proxy.inject({ match: isCommit, fault: loseReply(), times: 1 });

  const info = await open().write("object", content, { ifNotExists: true });

  expect(info).toMatchObject({ key: "object", size: content.length });
  expect(server.uploads()).toEqual([]);
});

it.each(SHAPES)(
  "a create-only write in %s does not take another's object for its own",
  async (_, content, isCommit) => {
    const { server, proxy, open } = await startBed();
    const filesystem = open();
    proxy.inject({
      match: isCommit,
      times: 1,
      fault: async (exchange) => {
        await open({ endpoint: server.endpoint }).write("object", Buffer.from("theirs"));
        exchange.reset(); // the request was never sent on
      },
    });

    await expect(filesystem.write("object", content, { ifNotExists: true })).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
    });

    expect(await bytesAt(filesystem, "object")).toEqual(Buffer.from("theirs"));
    expect(server.uploads()).toEqual([]);
  },
);

it.each(SHAPES)("a write in %s whose every reply is lost has happened all the same", async (_, content, isCommit) => {
  const { proxy, open } = await startBed();
  const filesystem = open();
  proxy.inject({ match: isCommit, fault: loseReply() });

  await filesystem.write("object", content, { ifNotExists: true });

  expect((await bytesAt(filesystem, "object")).equals(content)).toBe(true);
});

it.each(SHAPES)("a write in %s is described although the storage does not describe it", async (_, content) => {
  const { proxy, open } = await startBed();
  proxy.inject({ match: ({ method }) => method === "HEAD", fault: answerWith(500) });

  const info = await open().write("object", content, { contentType: "application/zip" });

  expect(info).toMatchObject({ key: "object", size: content.length, contentType: "application/zip" });
  expect(Math.abs(info.modifiedAt.getTime() - Date.now())).toBeLessThan(60_000);
});

it.each(SHAPES)("an abort while a commit of %s hangs changes nothing, now or later", async (_, content, isCommit) => {
  const { server, proxy, open } = await startBed();
  const controller = new AbortController();
  proxy.inject({
    match: isCommit,
    fault: async (exchange) => {
      controller.abort(new Error("enough"));
      await hang()(exchange);
    },
  });

  const write = open({ abortGraceMs: 50 }).write("object", content, { signal: controller.signal });

  await expect(write).rejects.toMatchObject({ code: "ABORTED", name: "AbortError", cause: new Error("enough") });
  expect(server.keys()).toEqual([]);
  expect(server.uploads()).toEqual([]);
});

it.each(SHAPES)(
  "an abort that comes too late for a commit of %s does not hide that it happened",
  async (_, content, isCommit) => {
    const { server, proxy, open } = await startBed();
    const controller = new AbortController();
    proxy.inject({
      match: isCommit,
      fault: async (exchange) => {
        const answer = await exchange.forward();
        controller.abort();
        exchange.writeHead(answer);
        answer.pipe(exchange.response);
      },
    });

    await open().write("object", content, { signal: controller.signal });

    expect(server.keys()).toEqual(["object"]);
  },
);

it.each(SHAPES)("an abort waits a moment for a commit of %s that is under way", async (_, content, isCommit) => {
  const { proxy, open } = await startBed();
  const filesystem = open({ abortGraceMs: 10_000 });
  const controller = new AbortController();
  proxy.inject({
    match: isCommit,
    fault: async (exchange) => {
      controller.abort();
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      const answer = await exchange.forward();
      exchange.writeHead(answer);
      answer.pipe(exchange.response);
    },
  });

  await filesystem.write("object", content, { signal: controller.signal });

  expect((await bytesAt(filesystem, "object")).equals(content)).toBe(true);
});

it("a late request cannot complete an upload once the look at the object was in vain", async () => {
  const { server, proxy, open } = await startBed();
  proxy.inject({ match: isComplete, fault: resetBeforeHeaders() });
  proxy.inject({
    match: ({ method }) => method === "HEAD",
    fault: async (exchange) => {
      const answer = await exchange.forward();
      await completeOpenUploads(server);
      exchange.writeHead(answer);
      exchange.response.end();
    },
  });

  await expect(open().write("object", pattern(2 * PART_SIZE + 1))).rejects.toMatchObject({ code: "UNAVAILABLE" });

  expect(server.keys()).toEqual([]);
});

it("a success without an ETag is not taken for one", async () => {
  const { server, proxy, open } = await startBed();
  proxy.inject({ match: isPut, fault: answerWith(200), times: 1 });

  await open().write("object", pattern(100), { ifNotExists: true });

  expect(server.keys()).toEqual(["object"]);
});

/** What a request would do that arrives late. */
async function completeOpenUploads({
  endpoint,
  region,
  credentials,
  bucket: Bucket,
  uploads,
}: S3Server): Promise<void> {
  const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  for (const { key: Key, uploadId: UploadId } of uploads()) {
    const { Parts = [] } = await client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    await client.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  }
  client.destroy();
}
