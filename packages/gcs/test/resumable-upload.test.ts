import { Readable } from "node:stream";
import { inspect } from "node:util";
import {
  answerWith,
  type Fault,
  flipRequestBit,
  hang,
  loseReply,
  type RecordedRequest,
  resetBeforeHeaders,
  rewriteBody,
} from "@stowage/test-kit";
import { describe, expect, it, vi } from "vitest";
import { CHUNK_SIZE, contentRanges, isChunk, makeGcsBed, readAll } from "./gcs-bed.ts";

const CONTENT = Buffer.from(Array.from({ length: 2 * CHUNK_SIZE + 5_000 }, (_, index) => (index * 31) >> 4));
const OLD = Buffer.from("old");

describe("an upload of several chunks", () => {
  it("sends full chunks, and tells the length and the checksum with the last one", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", [CONTENT]);
    expect(contentRanges(bed)).toEqual(["bytes 0-262143/*", "bytes 262144-524287/*", "bytes 524288-529287/529288"]);
    const hashes = bed.proxy.requests.map(({ headers }) => headers["x-goog-hash"]).filter((hash) => hash !== undefined);
    expect(hashes).toHaveLength(1);
    expect((await readAll(bed.filesystem, "a.zip")).equals(CONTENT)).toBe(true);
  });

  it("asks what has arrived after an answer was lost, and sends only the rest", async () => {
    const bed = await makeGcsBed();
    bed.proxy.inject({ match: isChunk("262144-"), fault: loseReply(), times: 1 });
    await bed.filesystem.write("a.zip", [CONTENT]);
    expect(contentRanges(bed).slice(1)).toEqual(["bytes 262144-524287/*", "bytes */*", "bytes 524288-529287/529288"]);
    expect((await readAll(bed.filesystem, "a.zip")).equals(CONTENT)).toBe(true);
  });

  it("goes on where the service stopped keeping bytes", async () => {
    const bed = await makeGcsBed({}, { keepAtMost: 200_000 });
    await bed.filesystem.write("a.zip", [CONTENT]);
    expect(contentRanges(bed).slice(0, 3)).toEqual([
      "bytes 0-262143/*",
      "bytes 200000-262143/*",
      "bytes 262144-524287/*",
    ]);
    expect((await readAll(bed.filesystem, "a.zip")).equals(CONTENT)).toBe(true);
  });

  it("knows its own object again if the answer to the last chunk was lost and the upload is gone", async () => {
    const bed = await makeGcsBed();
    bed.proxy.inject({ match: isChunk("524288-"), fault: loseReply(), times: 1 });
    bed.proxy.inject({ match: isChunk("*/*"), fault: answerWith(410) });
    const info = await bed.filesystem.write("a.zip", [CONTENT], { ifNotExists: true });
    expect(info).toEqual(await bed.filesystem.stat("a.zip"));
  });

  it("does not take another's object for its own", async () => {
    const bed = await makeGcsBed();
    bed.proxy.inject({ match: isChunk("524288-"), fault: answerWith(503), times: 1 });
    bed.proxy.inject({
      match: isChunk("*/*"),
      fault: takeKey(410, () => bed.filesystem.write("a.zip", OLD)),
      times: 1,
    });
    await expect(bed.filesystem.write("a.zip", [CONTENT], { ifNotExists: true })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect((await readAll(bed.filesystem, "a.zip")).equals(OLD)).toBe(true);
  });

  it("is refused before the commit if its bytes are damaged on the way, and the old object stays", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", OLD);
    bed.proxy.inject({ match: isChunk("0-"), fault: flipRequestBit(10), times: 1 });
    await expect(bed.filesystem.write("a.zip", [CONTENT])).rejects.toMatchObject({
      code: "CHECKSUM_MISMATCH",
      retryable: true,
    });
    expect((await readAll(bed.filesystem, "a.zip")).equals(OLD)).toBe(true);
    expect(bed.server.openUploads()).toEqual([]);
  });

  it("fails if the service tells of another checksum than the one sent", async () => {
    const bed = await makeGcsBed();
    const fault = rewriteBody((body) => JSON.stringify({ ...JSON.parse(body), crc32c: "AAAAAA==" }));
    bed.proxy.inject({ match: isChunk("524288-"), fault });
    await expect(bed.filesystem.write("a.zip", [CONTENT])).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
  });

  it("is cancelled when the content fails, and when the signal aborts a chunk that hangs", async () => {
    const bed = await makeGcsBed();
    const content = new Readable({ read: () => {} });
    content.push(CONTENT);
    const failing = bed.filesystem.write("a.zip", content);
    failing.catch(() => {}); // asserted below
    await until(() => content.readableLength === 0);
    content.push(CONTENT); // the chunk before it is let through
    await until(() => contentRanges(bed).length > 0);
    content.destroy(new Error("the disk caught fire"));
    await expect(failing).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });

    const controller = new AbortController();
    const struck = bed.proxy.inject({ match: isChunk("0-"), fault: hang() });
    const aborted = bed.filesystem.write("a.zip", [CONTENT], { signal: controller.signal });
    aborted.catch(() => {}); // asserted below
    await until(() => struck() > 0);
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    expect([bed.server.openUploads(), bed.server.objectNames()]).toEqual([[], []]);
  });

  it("is cancelled when the signal aborts while it is opened", async () => {
    const bed = await makeGcsBed();
    const controller = new AbortController();
    const isOpening = ({ method, query }: RecordedRequest) =>
      method === "POST" && query.get("uploadType") === "resumable";
    bed.proxy.inject({ match: isOpening, fault: abortBeforeAnswer(controller, () => {}) });

    const write = bed.filesystem.write("a.zip", [CONTENT], { signal: controller.signal });

    await expect(write).rejects.toMatchObject({ code: "ABORTED" });
    expect(bed.proxy.requests.filter(isOpening)).toHaveLength(1);
    await until(() => bed.server.openUploads().length === 0);
    expect(contentRanges(bed)).toEqual([]);
  });

  it("keeps the session and the token out of its errors", async () => {
    const bed = await makeGcsBed();
    bed.proxy.inject({ match: isChunk("0-"), fault: resetBeforeHeaders() });
    const error = await bed.filesystem.write("a.zip", [CONTENT]).catch((error: unknown) => error);
    const session = bed.proxy.requests.find(({ query }) => query.has("upload_id"))?.query.get("upload_id");
    const shown = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error);
    expect(session).toMatch(/^[\w-]{8,}$/);
    expect(shown).not.toContain(session);
    expect(shown).not.toContain("Bearer");
  });
});

describe("an upload in one request", () => {
  const isPost = ({ method }: { method: string }) => method === "POST";

  it("knows its own object again if its answer was lost", async () => {
    const bed = await makeGcsBed();
    bed.proxy.inject({ match: isPost, fault: loseReply(), times: 1 });
    const info = await bed.filesystem.write("a.zip", OLD, { ifNotExists: true });
    expect(info).toEqual(await bed.filesystem.stat("a.zip"));
  });

  it("that is aborted when all was sent waits for the answer, and resolves if that tells of the object", async () => {
    const bed = await makeGcsBed();
    const controller = new AbortController();
    let answered = false;
    const fault = abortBeforeAnswer(controller, () => {
      answered = true;
    });
    bed.proxy.inject({ match: isPost, fault });
    const write = bed.filesystem.write("a.zip", OLD, { signal: controller.signal });
    await expect(write).resolves.toEqual(await write.then(() => bed.filesystem.stat("a.zip")));
    expect(answered).toBe(true);
  });

  it("does not take another's object for its own, though the bytes are the same", async () => {
    const bed = await makeGcsBed();
    const fault = takeKey(503, () => bed.filesystem.write("a.zip", OLD));
    bed.proxy.inject({ match: isPost, fault, times: 1 });
    await expect(bed.filesystem.write("a.zip", OLD, { ifNotExists: true })).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
    });
  });
});

it.each([
  ["one request", OLD],
  ["several chunks", CONTENT],
])("a write in %s whose every answer is lost has happened all the same", async (_, content) => {
  const bed = await makeGcsBed();
  const isCommit = ({ method, query, headers }: RecordedRequest) =>
    query.get("uploadType") === "multipart" || (method === "PUT" && !String(headers["content-range"]).endsWith("/*"));
  const isQuery = isChunk("*/*");
  bed.proxy.inject({ match: (request) => isCommit(request) || isQuery(request), fault: loseReply() });
  const info = await bed.filesystem.write("a.zip", [content], { ifNotExists: true });
  expect(info).toEqual(await bed.filesystem.stat("a.zip"));
  expect((await readAll(bed.filesystem, "a.zip")).equals(content)).toBe(true);
  expect(bed.server.openUploads()).toEqual([]);
});

/** Aborts once the service has done its work, and hands the answer on a little later. */
function abortBeforeAnswer(controller: AbortController, onAnswer: () => void): Fault {
  return async (exchange) => {
    const answer = await exchange.forward();
    controller.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
    onAnswer();
    exchange.writeHead(answer);
    answer.pipe(exchange.response);
  };
}

/** Refuses after somebody else has taken the key. */
function takeKey(status: number, take: () => Promise<unknown>): Fault {
  return async (exchange) => {
    await exchange.drain();
    await take();
    await answerWith(status)(exchange);
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  await vi.waitUntil(isTrue, { timeout: 10_000, interval: 5 });
}
