import { describe, expect, it } from "vitest";
import { selfSignedToken, startCaller } from "./gcs-caller.ts";

describe("access", () => {
  it("is denied to the anonymous, the forged, the stale and the unknown (401), and to those without permission (403)", async () => {
    const caller = await startCaller();
    const { credentials, wrongCredentials, deniedCredentials, readerCredentials } = caller.server;
    const statusOf = async (token: string) => {
      const headers = { authorization: token };
      return (await caller.fetch("/storage/v1/b/stowage-test/o", { headers })).status;
    };
    expect(await statusOf("")).toBe(401);
    expect(await statusOf("Bearer secret")).toBe(401);
    expect(await statusOf(`Bearer ${selfSignedToken(wrongCredentials)}`)).toBe(401);
    expect(await statusOf(`Bearer ${selfSignedToken(credentials, { isStale: true })}`)).toBe(401);
    expect(await statusOf(`Bearer ${selfSignedToken({ ...credentials, client_email: "x@example.com" })}`)).toBe(401);
    expect(await statusOf(`Bearer ${selfSignedToken(credentials, { scope: "email" })}`)).toBe(403);
    expect(await statusOf(`Bearer ${selfSignedToken(deniedCredentials)}`)).toBe(403);
    expect(await statusOf(`Bearer ${selfSignedToken(readerCredentials)}`)).toBe(200);
    const written = await caller.fetch(
      "/upload/storage/v1/b/stowage-test/o?name=a",
      { method: "POST" },
      readerCredentials,
    );
    expect(written.status).toBe(403);
  });
});

describe("an object", () => {
  it("has a size, a generation and checksums", async () => {
    const caller = await startCaller();
    const object = (await (await caller.upload("a b/ü", "123456789")).json()) as Record<string, unknown>;
    expect(object).toMatchObject({ name: "a b/ü", size: "9", crc32c: "4waSgw==", md5Hash: "JfnnlDI7RTiF9RgfG2JNCw==" });
    expect(await (await caller.object("a b/ü")).json()).toEqual(object);
    expect(await (await caller.object("a b/ü", "?fields=name,size")).json()).toEqual({ name: "a b/ü", size: "9" });
  });

  it("of another generation than asked for is not found, and a new one replaces it", async () => {
    const caller = await startCaller();
    const { generation } = (await (await caller.upload("a", "one")).json()) as { generation: string };
    await caller.upload("a", "two");
    expect((await caller.object("a", `?alt=media&generation=${generation}`)).status).toBe(404);
    expect(await (await caller.object("a", "?alt=media")).text()).toBe("two");
  });

  it("is not written if a condition does not hold", async () => {
    const caller = await startCaller();
    expect((await caller.upload("a", "one", "&ifGenerationMatch=1")).status).toBe(412);
    expect((await caller.upload("a", "one", "&ifGenerationMatch=0")).status).toBe(200);
    const refused = await caller.upload("a", "two", "&ifGenerationMatch=0");
    expect(refused.status).toBe(412);
    expect(await refused.json()).toMatchObject({ error: { code: 412, errors: [{ reason: "conditionNotMet" }] } });
    expect(await (await caller.object("a", "?alt=media")).text()).toBe("one");
  });

  it("is created once by 16 writers at once", async () => {
    const caller = await startCaller();
    const writes = Array.from({ length: 16 }, (_, index) => caller.upload("a", String(index), "&ifGenerationMatch=0"));
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(15);
  });

  it("comes in ranges", async () => {
    const caller = await startCaller();
    await caller.upload("a", "0123456789");
    const get = async (range: string) => {
      const path = "/storage/v1/b/stowage-test/o/a?alt=media";
      const answer = await caller.fetch(path, { headers: { range: `bytes=${range}` } });
      return [answer.status, answer.headers.get("content-range"), answer.status < 300 ? await answer.text() : ""];
    };
    expect(await get("2-4")).toEqual([206, "bytes 2-4/10", "234"]);
    expect(await get("8-")).toEqual([206, "bytes 8-9/10", "89"]);
    expect(await get("8-99")).toEqual([206, "bytes 8-9/10", "89"]);
    expect(await get("-3")).toEqual([206, "bytes 7-9/10", "789"]);
    expect(await get("10-")).toEqual([416, null, ""]);
  });

  it("that is missing is told from a bucket that is missing, in JSON and in plain text", async () => {
    const caller = await startCaller();
    expect(await (await caller.object("a")).json()).toMatchObject({
      error: { code: 404, message: "No such object: stowage-test/a" },
    });
    expect(await (await caller.object("a", "?alt=media")).text()).toBe("No such object: stowage-test/a");
    const other = await caller.fetch("/storage/v1/b/other/o/a");
    expect(await other.json()).toMatchObject({ error: { code: 404, message: "The specified bucket does not exist." } });
  });

  it("is deleted once", async () => {
    const caller = await startCaller();
    await caller.upload("a", "one");
    const remove = async () => (await caller.fetch("/storage/v1/b/stowage-test/o/a", { method: "DELETE" })).status;
    expect([await remove(), await remove()]).toEqual([204, 404]);
  });
});

describe("a listing", () => {
  it("has pages in UTF-8 order, of objects and of folders", async () => {
    const caller = await startCaller();
    for (const name of ["f/b", "f/a", "\uff01", "\u{1f600}", "a", "B", "f0"]) await caller.upload(name, "");
    const seen: string[] = [];
    let token = "";
    for (let pages = 0; pages === 0 || token !== ""; pages++) {
      const query = `?delimiter=/&maxResults=2${token && `&pageToken=${token}`}`;
      const page = (await (await caller.fetch(`/storage/v1/b/stowage-test/o${query}`)).json()) as Page;
      seen.push(...(page.items ?? []).map(({ name }) => name), ...(page.prefixes ?? []));
      token = page.nextPageToken ?? "";
    }
    expect(seen).toEqual(["B", "a", "f0", "f/", "\uff01", "\u{1f600}"]);
  });

  it("refuses a token that it did not give", async () => {
    const caller = await startCaller();
    expect((await caller.fetch("/storage/v1/b/stowage-test/o?pageToken=stale")).status).toBe(400);
  });
});

interface Page {
  readonly items?: readonly { readonly name: string }[];
  readonly prefixes?: readonly string[];
  readonly nextPageToken?: string;
}
