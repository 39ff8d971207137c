import { describe, expect, it, vi } from "vitest";
import { makeGcsBed } from "./gcs-bed.ts";

const MINUTE = { expiresInMs: 60_000 };

describe("a signed URL", () => {
  it("brings the object, under the name that a browser is to save it as", async () => {
    const { filesystem } = await makeGcsBed({ prefix: "backups/app a" });
    await filesystem.write("a.zip", Buffer.from("hello"), { contentType: "application/zip" });
    const answer = await fetch(await filesystem.signUrl("a.zip", { ...MINUTE, filename: "Zoë's (1).zip" }));
    expect([answer.status, await answer.text()]).toEqual([200, "hello"]);
    expect(answer.headers.get("content-disposition")).toBe(
      `attachment; filename="Zo_'s (1).zip"; filename*=UTF-8''Zo%C3%AB%27s%20%281%29.zip`,
    );
    expect(answer.headers.get("content-type")).toBe("application/zip");
  });

  it("is no use for another key, another method, or with another signature", async () => {
    const { filesystem } = await makeGcsBed();
    await filesystem.write("a.zip", Buffer.from("a"));
    await filesystem.write("b.zip", Buffer.from("b"));
    const url = await filesystem.signUrl("a.zip", MINUTE);
    const statusOf = async (changed: string, init?: RequestInit) => (await fetch(changed, init)).status;
    expect(await statusOf(url.replace("a.zip", "b.zip"))).toBe(403);
    expect(await statusOf(url, { method: "DELETE" })).toBe(403);
    expect(await statusOf(url.replace(/.$/, (digit) => (digit === "0" ? "1" : "0")))).toBe(403);
    expect(await statusOf(url.replace("X-Goog-Expires=60", "X-Goog-Expires=600"))).toBe(403);
  });

  it("is no use once its time is over", async () => {
    const { filesystem } = await makeGcsBed();
    await filesystem.write("a.zip", Buffer.from("a"));
    vi.setSystemTime(Date.now() - 120_000);
    const url = await filesystem.signUrl("a.zip", MINUTE).finally(() => vi.useRealTimers());
    expect((await fetch(url)).status).toBe(400);
  });

  it("works for seven days at most, and a fraction of a second counts whole", async () => {
    const { filesystem } = await makeGcsBed();
    const week = 7 * 24 * 60 * 60;
    const secondsOf = async (expiresInMs: number) => {
      const url = new URL(await filesystem.signUrl("a.zip", { expiresInMs }));
      return Number(url.searchParams.get("X-Goog-Expires"));
    };
    expect(await secondsOf(1)).toBe(1);
    expect(await secondsOf(1_001)).toBe(2);
    expect(await secondsOf(week * 1_000)).toBe(week);
    await expect(secondsOf(week * 1_000 + 1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("is made without a request", async () => {
    const { filesystem, proxy } = await makeGcsBed();
    proxy.clear();
    await filesystem.signUrl("a.zip", MINUTE);
    expect(proxy.requests).toEqual([]);
  });

  it("is refused if the credentials cannot sign", async () => {
    const { filesystem } = await makeGcsBed({ signedUrls: false });
    await expect(filesystem.signUrl("a.zip", MINUTE)).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });
});
