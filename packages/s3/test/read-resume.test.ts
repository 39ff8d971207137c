import {
  answerWith,
  drip,
  flipBit,
  hangMidBody,
  type RecordedRequest,
  resetMidBody,
  rewriteBody,
  truncateBody,
} from "@stowage/test-kit";
import { expect, it } from "vitest";
import { type Bed, bytesAt, PART_SIZE, pattern, startBed } from "./bed.ts";

const CONTENT = pattern(3 * PART_SIZE);
const isGet = ({ method, query }: RecordedRequest) =>
  method === "GET" && !query.has("list-type") && !query.has("uploads");
const ranges = ({ server }: Bed) => server.requests.filter(isGet).map(({ headers }) => headers.range);

async function startWithObject() {
  const bed = await startBed();
  const filesystem = bed.open();
  await filesystem.write("object", CONTENT);
  return { ...bed, filesystem };
}

it.each([
  ["reset", resetMidBody(1_000)],
  ["ended early", truncateBody(1_000)],
])("a body that is %s is carried on with where it broke, of the same version", async (_, fault) => {
  const bed = await startWithObject();
  const { etag } = await bed.filesystem.stat("object");
  bed.proxy.inject({ match: isGet, fault, times: 2 });

  const bytes = await bytesAt(bed.filesystem, "object", { start: 1 });

  expect(bytes.equals(CONTENT.subarray(1))).toBe(true);
  const last = CONTENT.length - 1;
  expect(ranges(bed)).toEqual(["bytes=1-", `bytes=1001-${last}`, `bytes=2001-${last}`]);
  const conditions = bed.server.requests.filter(isGet).map(({ headers }) => headers["if-match"]);
  expect(conditions).toEqual([undefined, etag, etag]);
});

it("a range that breaks off is carried on with inside the range", async () => {
  const bed = await startWithObject();
  bed.proxy.inject({ match: isGet, fault: resetMidBody(10), times: 1 });

  const bytes = await bytesAt(bed.filesystem, "object", { start: 100, end: 200 });

  expect(bytes.equals(CONTENT.subarray(100, 200))).toBe(true);
  expect(ranges(bed)).toEqual(["bytes=100-199", "bytes=110-199"]);
});

it("a body that hangs is given up after the idle time and carried on with", async () => {
  const bed = await startWithObject();
  bed.proxy.inject({ match: isGet, fault: hangMidBody(1_000), times: 1 });

  expect((await bytesAt(bed.open({ idleTimeoutMs: 300 }), "object")).equals(CONTENT)).toBe(true);
});

it("a slow body is not a dead one", async () => {
  const bed = await startWithObject();
  bed.proxy.inject({ match: isGet, fault: drip(CONTENT.length / 8, 40) });

  expect((await bytesAt(bed.open({ idleTimeoutMs: 250 }), "object")).equals(CONTENT)).toBe(true);
  expect(ranges(bed)).toHaveLength(1);
});

it("a body that breaks again and again without a byte fails after three more attempts", async () => {
  const bed = await startWithObject();
  bed.proxy.inject({ match: isGet, fault: resetMidBody(0) });

  await expect(bytesAt(bed.filesystem, "object")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryable: true,
    key: "object",
  });
  expect(ranges(bed)).toHaveLength(4);
});

it("an object that is replaced while its body is broken is an error, not a mixture", async () => {
  const bed = await startWithObject();
  bed.proxy.inject({
    match: isGet,
    times: 1,
    fault: async (exchange) => {
      await resetMidBody(1_000)(exchange);
      await bed.open().write("object", pattern(7));
    },
  });
  bed.proxy.inject({
    match: isGet,
    fault: async (exchange) => {
      while (bed.server.versions("object").at(-1)?.object?.size !== 7) await new Promise(setImmediate);
      const answer = await exchange.forward();
      exchange.writeHead(answer);
      answer.pipe(exchange.response);
    },
  });

  await expect(bytesAt(bed.filesystem, "object")).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: expect.stringContaining("replaced"),
  });
});

it("a flipped bit is an error, also when the body came over two connections", async () => {
  const bed = await startWithObject();
  bed.proxy.inject({ match: isGet, fault: resetMidBody(1_000), times: 1 });
  bed.proxy.inject({ match: isGet, fault: flipBit(5), times: 1 });

  await expect(bytesAt(bed.filesystem, "object")).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
});

it.each([
  ["no range", {}],
  ["another range", { "content-range": "bytes 0-2/10" }],
  ["a longer range", { "content-range": "bytes 1-3/10" }],
])("a storage that answers a range with %s is an error", async (_, headers) => {
  const bed = await startWithObject();
  const described = { etag: '"x"', "last-modified": new Date().toUTCString() };
  bed.proxy.inject({ match: isGet, fault: answerWith(206, "abc", { ...described, ...headers }) });

  const read = bytesAt(bed.filesystem, "object", { start: 1, end: 2 });

  await expect(read).rejects.toMatchObject({ code: "INTERNAL", message: expect.stringContaining("ignored the range") });
});

it("a storage that ignores the version is found out by the ETag", async () => {
  const bed = await startWithObject();
  bed.proxy.inject({ match: isGet, fault: resetMidBody(1_000), times: 1 });
  bed.proxy.inject({
    match: isGet,
    fault: async (exchange) => {
      const answer = await exchange.forward();
      answer.headers.etag = '"another"';
      exchange.writeHead(answer);
      answer.pipe(exchange.response);
    },
  });

  await expect(bytesAt(bed.filesystem, "object")).rejects.toMatchObject({
    message: expect.stringContaining("replaced"),
  });
});

it("a list page without an end is an error, not a short list", async () => {
  const bed = await startWithObject();
  const withoutFlag = rewriteBody((body) => body.replace(/<IsTruncated>.*?<\/IsTruncated>/, ""));
  bed.proxy.inject({
    match: ({ query }) => query.has("list-type") && query.get("max-keys") !== "1",
    fault: withoutFlag,
  });

  await expect(bed.filesystem.list().next()).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
