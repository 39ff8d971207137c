import {
  answerWith,
  flipBit,
  hangMidBody,
  loseReply,
  resetMidBody,
  rewriteBody,
  truncateBody,
} from "@stowage/test-kit";
import { describe, expect, it } from "vitest";
import { type GcsBed, isDownload, makeGcsBed, readAll } from "./gcs-bed.ts";

const CONTENT = Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 31) >> 4));

function downloads({ proxy }: GcsBed): (string | undefined)[] {
  return proxy.requests.filter(isDownload).map(({ headers }) => headers.range);
}

describe("a download that breaks off", () => {
  it.each([
    ["ends early", truncateBody(4_000)],
    ["stops coming", hangMidBody(4_000)],
  ])("goes on after a body that %s where it stopped, with the same generation", async (_, fault) => {
    const bed = await makeGcsBed();
    const { etag } = await bed.filesystem.write("a.zip", CONTENT);
    bed.proxy.inject({ match: isDownload, fault, times: 1 });
    expect((await readAll(bed.open({ idleTimeoutMs: 500 }), "a.zip")).equals(CONTENT)).toBe(true);
    expect(downloads(bed)).toEqual([undefined, "bytes=4000-9999"]);
    expect(bed.proxy.requests.at(-1)?.query.get("generation")).toBe(etag);
  });

  it("goes on after a reset, which may have swallowed bytes that were sent", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    bed.proxy.inject({ match: isDownload, fault: resetMidBody(4_000), times: 1 });
    expect((await readAll(bed.filesystem, "a.zip")).equals(CONTENT)).toBe(true);
    expect(downloads(bed)).toEqual([undefined, expect.stringMatching(/^bytes=\d{1,4}-9999$/)]);
  });

  it("goes on inside its range", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    bed.proxy.inject({ match: isDownload, fault: truncateBody(100), times: 2 });
    const { content } = await bed.filesystem.read("a.zip", { start: 1_000, end: 2_000 });
    expect(Buffer.concat(await content.toArray()).equals(CONTENT.subarray(1_000, 2_000))).toBe(true);
    expect(downloads(bed)).toEqual(["bytes=1000-1999", "bytes=1100-1999", "bytes=1200-1999"]);
  });

  it("is given up after three more bodies without a byte", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    bed.proxy.inject({ match: isDownload, fault: truncateBody(4_000), times: 1 });
    bed.proxy.inject({ match: isDownload, fault: truncateBody(0) });
    await expect(readAll(bed.filesystem, "a.zip")).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
    expect(downloads(bed)).toHaveLength(4);
  });

  it("is given up when the rest cannot be opened, as often as any request is sent", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    bed.proxy.inject({ match: isDownload, fault: truncateBody(4_000), times: 1 });
    bed.proxy.inject({ match: isDownload, fault: loseReply() });
    await expect(readAll(bed.filesystem, "a.zip")).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
    expect(downloads(bed)).toHaveLength(1 + 5);
  });

  it("may break three more times after every byte", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    bed.proxy.inject({ match: isDownload, fault: truncateBody(1_000), times: 9 });
    expect((await readAll(bed.filesystem, "a.zip")).equals(CONTENT)).toBe(true);
    expect(downloads(bed)).toHaveLength(10);
  });

  it("fails rather than go on with another object", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    bed.proxy.inject({ match: isDownload, fault: resetMidBody(4_000), times: 1 });
    const { content } = await bed.filesystem.read("a.zip");
    await bed.filesystem.write("a.zip", Buffer.alloc(20_000));
    await expect(content.toArray()).rejects.toMatchObject({ code: "UNAVAILABLE", message: /replaced or deleted/ });
  });

  it("surfaces at once what cannot be mended", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    bed.proxy.inject({ match: isDownload, fault: resetMidBody(4_000), times: 1 });
    bed.proxy.inject({ match: isDownload, fault: answerWith(403) });
    await expect(readAll(bed.filesystem, "a.zip")).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(downloads(bed)).toHaveLength(2);
  });
});

describe("a download", () => {
  it("of the whole object fails at its end if a bit was flipped", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    bed.proxy.inject({ match: isDownload, fault: flipBit(5_000) });
    await expect(readAll(bed.filesystem, "a.zip")).rejects.toMatchObject({
      code: "CHECKSUM_MISMATCH",
      retryable: true,
    });
  });

  it("fails if the service ignores the range", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    const fault = answerWith(200, "0123456789", {
      "x-goog-generation": "1",
      "last-modified": new Date().toUTCString(),
    });
    bed.proxy.inject({ match: isDownload, fault });
    await expect(bed.filesystem.read("a.zip", { start: 5 })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: /ignored the range/,
    });
  });

  it("fails if the answer is not of the service", async () => {
    const bed = await makeGcsBed();
    bed.proxy.inject({ match: isDownload, fault: answerWith(200, "<html>Please log in</html>") });
    await expect(bed.filesystem.read("a.zip")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: /describes no object/,
    });
  });

  it("is tried again if the object came after an answer that does not say what is missing", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    const struck = bed.proxy.inject({ match: isDownload, fault: answerWith(404, "Not Found"), times: 1 });
    expect((await readAll(bed.filesystem, "a.zip")).equals(CONTENT)).toBe(true);
    expect(struck()).toBe(1);
    bed.proxy.inject({ match: isDownload, fault: answerWith(404, "Not Found"), times: 2 });
    await expect(bed.filesystem.read("a.zip")).rejects.toMatchObject({ code: "INTERNAL" });
  });

  it("asks what is missing if the answer does not say", async () => {
    const bed = await makeGcsBed();
    bed.proxy.inject({ match: isDownload, fault: rewriteBody(() => "Not Found") });
    await expect(bed.filesystem.read("a.zip")).rejects.toMatchObject({ code: "NOT_FOUND", key: "a.zip" });
  });

  it("tells the same of the object as a write, a description and a listing", async () => {
    const { filesystem } = await makeGcsBed();
    const written = await filesystem.write("a.zip", CONTENT, { contentType: "application/zip" });
    const { info, content } = await filesystem.read("a.zip", { start: 5, end: 6 });
    content.destroy();
    const { value: listed } = await filesystem.list().next();
    expect([info, await filesystem.stat("a.zip"), listed]).toEqual([written, written, written]);
    expect(written).toMatchObject({ size: 10_000, contentType: "application/zip" });
  });

  it("takes one request", async () => {
    const bed = await makeGcsBed();
    await bed.filesystem.write("a.zip", CONTENT);
    bed.proxy.clear();
    await readAll(bed.filesystem, "a.zip");
    expect(bed.proxy.requests).toHaveLength(1);
  });

  it("waits for a slow reader for longer than the idle timeout", async () => {
    const bed = await makeGcsBed();
    const large = Buffer.alloc(8 * 1024 * 1024, "large ");
    await bed.filesystem.write("a.zip", large);
    const { content } = await bed.open({ idleTimeoutMs: 500 }).read("a.zip");
    await new Promise((resolve) => setTimeout(resolve, 800)); // the time itself is what is tested
    expect(Buffer.concat(await content.toArray()).equals(large)).toBe(true);
    expect(downloads(bed)).toHaveLength(1);
  });
});

describe("a listing", () => {
  it("that is not one is an error, not an empty listing", async () => {
    const bed = await makeGcsBed();
    bed.proxy.inject({ match: ({ path }) => path.endsWith("/o"), fault: rewriteBody(() => "{}") });
    await expect(bed.filesystem.list().next()).rejects.toMatchObject({ code: "UNAVAILABLE", message: /not a listing/ });
  });

  it("that tells an error is that error, though its status is 200", async () => {
    const bed = await makeGcsBed();
    const fault = answerWith(200, JSON.stringify({ error: { code: 403, message: "injected" } }));
    bed.proxy.inject({ match: ({ path }) => path.endsWith("/o"), fault });
    await expect(bed.filesystem.list().next()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });

  it("does not pay for sub-folders", async () => {
    const bed = await makeGcsBed({ prefix: "a" });
    await bed.filesystem.write("a.zip", CONTENT);
    const inside = bed.open({ prefix: "a/b" });
    for (let number = 0; number < 6; number++) await inside.write(`${number}.zip`, CONTENT);
    bed.proxy.clear();
    const keys: string[] = [];
    for await (const { key } of bed.filesystem.list({ pageSize: 2 })) keys.push(key);
    expect([keys, bed.proxy.requests.length]).toEqual([["a.zip"], 1]);
  });
});
