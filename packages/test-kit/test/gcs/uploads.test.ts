import { describe, expect, it } from "vitest";
import { type GcsCaller, startCaller } from "./gcs-caller.ts";

const QUANTUM = 256 * 1024;

async function contentOf(caller: GcsCaller, name: string): Promise<string> {
  return (await caller.object(name, "?alt=media")).text();
}

describe("a resumable upload", () => {
  it("takes chunks, answers what it has, and makes the object with the last one", async () => {
    const caller = await startCaller();
    const session = await caller.start("a");
    const first = await caller.put(session, `0-${QUANTUM - 1}/*`, Buffer.alloc(QUANTUM, "a"));
    expect([first.status, first.headers.get("range")]).toEqual([308, `bytes=0-${QUANTUM - 1}`]);
    expect((await caller.object("a")).status).toBe(404);
    const query = await caller.put(session, "*/*");
    expect([query.status, query.headers.get("range")]).toEqual([308, `bytes=0-${QUANTUM - 1}`]);
    const last = await caller.put(session, `${QUANTUM}-${QUANTUM + 2}/${QUANTUM + 3}`, "end");
    expect(await last.json()).toMatchObject({ name: "a", size: String(QUANTUM + 3) });
    expect((await contentOf(caller, "a")).endsWith("aend")).toBe(true);
    expect(await (await caller.put(session, "*/*")).json()).toMatchObject({ name: "a" });
  });

  it("keeps multiples of 256 KiB of a chunk that is not the last one, and skips what it has", async () => {
    const caller = await startCaller();
    const session = await caller.start("a");
    const bytes = Buffer.alloc(QUANTUM + 1_000, "a");
    const kept = await caller.put(session, `0-${bytes.length - 1}/*`, bytes);
    expect(kept.headers.get("range")).toBe(`bytes=0-${QUANTUM - 1}`);
    await caller.put(session, `0-${bytes.length - 1}/${bytes.length}`, bytes);
    expect(await contentOf(caller, "a")).toBe(bytes.toString());
  });

  it("takes all that is left in one request of unknown length", async () => {
    const caller = await startCaller();
    expect(await (await caller.put(await caller.start("a"), "0-*/*", "abc")).json()).toMatchObject({ size: "3" });
    const session = await caller.start("b");
    await caller.put(session, `0-${QUANTUM - 1}/*`, Buffer.alloc(QUANTUM, "a"));
    expect(await (await caller.put(session, `${QUANTUM}-*/*`, "bc")).json()).toMatchObject({
      size: String(QUANTUM + 2),
    });
  });

  it("refuses a gap, a wrong length and a malformed range", async () => {
    const caller = await startCaller();
    const session = await caller.start("a");
    expect((await caller.put(session, "10-19/20", "0123456789")).status).toBe(400);
    expect((await caller.put(session, "0-19/20", "0123456789")).status).toBe(400);
    expect((await caller.put(session, "nonsense")).status).toBe(400);
    expect((await caller.object("a")).status).toBe(404);
  });

  it("refuses bytes with another checksum than told, at the start or at the end, and goes on refusing", async () => {
    const caller = await startCaller();
    const session = await caller.start("a");
    const headers = { "x-goog-hash": "crc32c=AAAAAA==" };
    expect((await caller.put(session, "0-2/3", "abc", headers)).status).toBe(400);
    expect((await caller.put(session, "*/*")).status).toBe(400);
    expect((await caller.object("a")).status).toBe(404);
  });

  it("can be cancelled, and makes no object then", async () => {
    const caller = await startCaller();
    const session = await caller.start("a");
    expect(caller.server.openUploads()).toEqual(["a"]);
    expect((await caller.fetch(session, { method: "DELETE" })).status).toBe(499);
    expect((await caller.put(session, "0-2/3", "abc")).status).toBe(499);
    expect([caller.server.openUploads(), caller.server.objectNames()]).toEqual([[], []]);
  });

  it("checks its condition at the start and again at the end", async () => {
    const caller = await startCaller();
    const session = await caller.start("a", "&ifGenerationMatch=0");
    await caller.upload("a", "first");
    expect((await caller.put(session, "0-2/3", "abc")).status).toBe(412);
    expect(await caller.start("a", "&ifGenerationMatch=0")).toBe("");
    expect(await contentOf(caller, "a")).toBe("first");
  });

  it("can be told to keep less than it is sent", async () => {
    const caller = await startCaller({ keepAtMost: 4 });
    const session = await caller.start("a");
    expect((await caller.put(session, "0-9/10", "0123456789")).headers.get("range")).toBe("bytes=0-3");
  });
});

describe("an upload in one request", () => {
  const body = (metadata: object, content: string) =>
    `--b\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n--b\r\ncontent-type: text/plain\r\n\r\n${content}\r\n--b--`;
  const send = (caller: GcsCaller, text: string) =>
    caller.fetch("/upload/storage/v1/b/stowage-test/o?uploadType=multipart", {
      method: "POST",
      headers: { "content-type": "multipart/related; boundary=b" },
      body: text,
    });

  it("brings its metadata along", async () => {
    const caller = await startCaller();
    const content = "\r\n--b\r\n is no delimiter at the end of a line".replace("--b", "--c");
    const object = await (await send(caller, body({ name: "a", metadata: { x: "y" } }, content))).json();
    expect(object).toMatchObject({ name: "a", contentType: "text/plain", metadata: { x: "y" } });
    expect(await contentOf(caller, "a")).toBe(content);
  });

  it("is refused whole with a wrong checksum, without an end, without a name", async () => {
    const caller = await startCaller();
    expect((await send(caller, body({ name: "a", crc32c: "AAAAAA==" }, "abc"))).status).toBe(400);
    expect((await send(caller, body({ name: "a" }, "abc").slice(0, -5))).status).toBe(400);
    expect((await send(caller, body({}, "abc"))).status).toBe(400);
    expect(caller.server.objectNames()).toEqual([]);
  });
});
