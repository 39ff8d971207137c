import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it, onTestFinished } from "vitest";
import { BUCKET, KEY, type ObjectServerOrder, RECEIVED } from "../src/storage/job.ts";
import { startObjectServer } from "../src/storage/object-server.ts";

/** Starts a server that receives, and returns what sends it requests: a status, and what was said. */
async function receiver(order: Partial<ObjectServerOrder> = {}) {
  const received = await temporaryDirectory();
  const { endpoint, close } = await startObjectServer({ listed: 0, firstByteMs: 0, received, ...order });
  onTestFinished(close);
  return async (method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}) => {
    const response = await fetch(endpoint + path, { method, headers, ...(body === undefined ? {} : { body }) });
    return [response.status, await response.text()] as const;
  };
}

const OBJECT = `/${BUCKET}/${KEY}`;

async function startUpload(send: Awaited<ReturnType<typeof receiver>>): Promise<string> {
  const [, answer] = await send("POST", `${OBJECT}?uploads=`);
  return `${OBJECT}?uploadId=${/<UploadId>(.*)<\/UploadId>/.exec(answer)?.[1]}`;
}

function listOf(...numbers: number[]): string {
  return numbers.map((number) => `<Part><PartNumber>${number}</PartNumber></Part>`).join("");
}

it("an object is made of the parts that are listed, in the order of the list, with the last of each number", async () => {
  const send = await receiver();
  const upload = await startUpload(send);
  for (const [number, text] of [
    [2, "world"],
    [1, "Hello"],
    [3, "unlisted"],
    [1, "hello "],
  ] as const)
    expect(await send("PUT", `${upload}&partNumber=${number}`, text)).toEqual([200, ""]);
  expect((await send("GET", RECEIVED))[0]).toBe(404);

  expect((await send("POST", upload, listOf(1, 2)))[0]).toBe(200);

  expect(await send("GET", RECEIVED)).toEqual([200, "hello world"]);
  expect(await send("GET", OBJECT, undefined, { range: "bytes=4-7" })).toEqual([206, "o wo"]);
});

it("a part that never came, and an upload that was aborted or never started, are refused", async () => {
  const send = await receiver();
  const upload = await startUpload(send);

  expect(await send("POST", upload, listOf(1))).toEqual([400, expect.stringContaining("InvalidPart")]);
  expect((await send("DELETE", upload))[0]).toBe(204);
  for (const method of ["GET", "PUT", "POST", "DELETE"]) {
    const body = method === "GET" ? undefined : "text";
    expect(await send(method, upload, body)).toEqual([404, expect.stringContaining("NoSuchUpload")]);
  }
});

it("a create of a key that is taken is refused and changes nothing, in one request and in parts", async () => {
  const send = await receiver();
  const createOnly = { "if-none-match": "*" };
  expect((await send("PUT", OBJECT, "first", createOnly))[0]).toBe(200);
  const upload = await startUpload(send);
  await send("PUT", `${upload}&partNumber=1`, "second");

  expect((await send("PUT", OBJECT, "second", createOnly))[0]).toBe(412);
  expect((await send("POST", upload, listOf(1), createOnly))[0]).toBe(412);

  expect((await send("GET", OBJECT))[1]).toBe("first");
  expect((await send("DELETE", RECEIVED))[0]).toBe(204);
  expect((await send("HEAD", OBJECT))[0]).toBe(404);
});

it("a server without a directory receives nothing, and none takes a body in frames", async () => {
  const send = await receiver();
  const reader = await receiver({ received: undefined });

  expect((await reader("PUT", OBJECT, "text"))[0]).toBe(405);
  expect((await send("PUT", OBJECT, "4\r\ntext", { "content-encoding": "aws-chunked" }))[0]).toBe(501);
});

it("bytes come in no faster than they may on a connection", async () => {
  const send = await receiver({ bytesPerSecond: 10e6 });
  const startedAt = performance.now();

  await send("PUT", OBJECT, Buffer.alloc(4e6));

  expect(performance.now() - startedAt).toBeGreaterThan(390);
});
