import { expect, it } from "vitest";
import { expectAnswer, NOT_FOUND, refusal } from "./bed/answers.ts";
import { type Bed, type BedOptions, FILE_TOKEN, makeBed } from "./bed/bed.ts";

const CONTENT = "0123456789";

async function bedWithContent(options: BedOptions = {}): Promise<Bed> {
  const bed = await makeBed(options);
  await bed.filesystem.write("a.zip", Buffer.from(CONTENT));
  return bed;
}

function get({ send }: Bed, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  return send(method, `/api/backups/a.zip?token=${FILE_TOKEN}`, { headers });
}

it("a download says all that a client needs, and that nobody may keep it", async () => {
  const bed = await bedWithContent();

  const response = await get(bed);

  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toEqual({
    "accept-ranges": "bytes",
    "cache-control": "private, no-store",
    "content-disposition": 'attachment; filename="a.zip"',
    "content-length": "10",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "content-type": "application/zip",
    etag: expect.stringMatching(/^"[^"]+"$/),
    "last-modified": expect.stringMatching(/GMT$/),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
  });
  expect(await response.text()).toBe(CONTENT);
});

it("HEAD says the same, without the bytes and whatever the range", async () => {
  const bed = await bedWithContent();
  const { headers } = await get(bed);

  const head = await get(bed, { range: "bytes=1-2" }, "HEAD");

  expect(head.status).toBe(200);
  expect(head.body).toBeNull();
  expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(headers));
});

it.each([
  ["bytes=0-3", "0123", "bytes 0-3/10"],
  ["bytes=4-", "456789", "bytes 4-9/10"],
  ["bytes=8-100", "89", "bytes 8-9/10"],
  ["bytes=-3", "789", "bytes 7-9/10"],
  ["bytes=-100", CONTENT, "bytes 0-9/10"],
  ["bytes= 2 - 2", "2", "bytes 2-2/10"],
  ["BYTES=9-9", "9", "bytes 9-9/10"],
])("the range %s is a part", async (range, part, contentRange) => {
  const response = await get(await bedWithContent(), { range });

  expect(response.status).toBe(206);
  expect(response.headers.get("content-range")).toBe(contentRange);
  expect(response.headers.get("content-length")).toBe(String(part.length));
  expect(await response.text()).toBe(part);
});

it.each([
  "bytes=0-1,3-4",
  "bytes=3-2",
  "bytes=a-b",
  "bytes=",
  "bytes=-",
  "lines=1-2",
  "bytes=0x1-2",
  `bytes=${"9".repeat(400)}-`,
])("the range %s is ignored", async (range) => {
  const response = await get(await bedWithContent(), { range });

  expect(response.status).toBe(200);
  expect(await response.text()).toBe(CONTENT);
});

it.each(["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=999999999999999-"])(
  "the range %s cannot be satisfied",
  async (range) => {
    const response = await get(await bedWithContent(), { range });

    expect(response.headers.get("content-range")).toBe("bytes */10");
    await expectAnswer(response, 416, refusal(416, "The requested range cannot be satisfied."));
  },
);

it("an empty object is served, has a head, and no range", async () => {
  const bed = await makeBed();
  await bed.filesystem.write("a.zip", Buffer.alloc(0));

  expect(await (await get(bed)).text()).toBe("");
  expect((await get(bed, {}, "HEAD")).headers.get("content-length")).toBe("0");
  expect((await get(bed, { range: "bytes=0-0" })).status).toBe(416);
});

it("a client that has this version gets no bytes", async () => {
  const bed = await bedWithContent();
  const { headers } = await get(bed);
  const tag = headers.get("etag") ?? "";
  const date = headers.get("last-modified") ?? "";

  for (const value of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
    const response = await get(bed, { "if-none-match": value });
    expect([response.status, response.headers.get("etag")]).toEqual([304, tag]);
  }
  expect((await get(bed, { "if-none-match": '"x"' })).status).toBe(200);
  expect((await get(bed, { "if-modified-since": date })).status).toBe(304);
  expect((await get(bed, { "if-modified-since": date, "if-none-match": '"x"' })).status).toBe(200);
  expect((await get(bed, { "if-modified-since": "Mon, 01 Jan 2001 00:00:00 GMT" })).status).toBe(200);
  expect((await get(bed, { "if-modified-since": "nonsense" })).status).toBe(200);
});

it("a range is resumed only in the version that it was begun in", async () => {
  const bed = await bedWithContent();
  const { headers } = await get(bed);
  const tag = headers.get("etag") ?? "";
  const date = headers.get("last-modified") ?? "";
  const statusOf = async (condition: string) => (await get(bed, { range: "bytes=1-2", "if-range": condition })).status;

  expect(await statusOf(tag)).toBe(206);
  expect(await statusOf(date)).toBe(206);
  expect(await statusOf(`W/${tag}`)).toBe(200);
  expect(await statusOf('"x"')).toBe(200);
  expect(await statusOf("Mon, 01 Jan 2001 00:00:00 GMT")).toBe(200);
  expect(await statusOf("nonsense")).toBe(200);
});

it("what is missing, and what is no key, is not found", async () => {
  const { send } = await makeBed();
  for (const key of [
    "absent.zip",
    ".stowage-lock",
    "..%2fdata.db",
    "%2e%2e%2fdata.db",
    "a%00b",
    "%252e",
    "a%5cb",
    "x".repeat(300),
  ]) {
    await expectAnswer(await send("GET", `/api/backups/${key}?token=${FILE_TOKEN}`), 404, NOT_FOUND);
    await expectAnswer(await send("HEAD", `/api/backups/${key}?token=${FILE_TOKEN}`), 404);
  }
});

it("a storage that cannot be opened is the documented error", async () => {
  const filesystem = () => Promise.reject(new Error("no route to storage.internal"));
  const bed = await makeBed({ manager: { filesystem } });

  await expectAnswer(await get(bed), 400, refusal(400, "Filesystem initialization failure."));
});

it("a download is redirected to a signed URL, if the object is there and the option gives one", async () => {
  const signDownload = async (key: string) =>
    key === "a.zip" ? new URL("https://storage.example/a.zip?sig=1") : undefined;
  const bed = await bedWithContent({ handler: { signDownload } });
  await bed.filesystem.write("b.zip", Buffer.from("b"));

  const redirected = await get(bed);
  expect(redirected.status).toBe(302);
  expect(redirected.headers.get("location")).toBe("https://storage.example/a.zip?sig=1");
  expect(redirected.headers.get("cache-control")).toBe("private, no-store");
  expect((await get(bed, {}, "HEAD")).status).toBe(200);
  expect((await bed.send("GET", `/api/backups/b.zip?token=${FILE_TOKEN}`)).status).toBe(200);
  await expectAnswer(await bed.send("GET", `/api/backups/c.zip?token=${FILE_TOKEN}`), 404, NOT_FOUND);
});

it("a body that nobody reads is let go", async () => {
  const bed = await bedWithContent();
  const response = await get(bed);

  await response.body?.cancel();

  await bed.filesystem.close(); // waits for what is still open
});
