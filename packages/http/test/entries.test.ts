import { randomBytes } from "node:crypto";
import { MemoryDriver } from "@stowage/memory";
import { readTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { BUSY, expectAnswer, INVALID, NOT_FOUND, refusal } from "./bed/answers.ts";
import { ADMIN, type Bed, DATA, FILE_TOKEN, makeBed } from "./bed/bed.ts";

const ENTRIES = "/api/backups/a.zip/entries";
const MISSING = refusal(400, "Missing or invalid backup file.");
const FILES = { "data.db": "a database", "logs/app.log": "a log", "uploads/Größe 😀 #1?.html": "<script>" };

async function bedWithBackup(data: Readonly<Record<string, string>> = FILES): Promise<Bed> {
  const bed = await makeBed({ data });
  await bed.manager.create({ name: "a.zip" });
  return bed;
}

/** A backup of which a byte of a content is another. */
async function damage({ manager, filesystem }: Bed): Promise<void> {
  const bytes = Buffer.concat(await (await manager.download("a.zip")).content.toArray());
  const at = bytes.indexOf("a database");
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await filesystem.write("a.zip", bytes);
}

describe("GET entries", () => {
  it("shows a page of them as PocketBase shows lists", async () => {
    const { send } = await bedWithBackup();

    const response = await send("GET", `${ENTRIES}?page=2&perPage=2`);

    expect(response.headers.get("cache-control")).toBe("no-store");
    await expectAnswer(response, 200, {
      page: 2,
      perPage: 2,
      totalItems: 5,
      totalPages: 3,
      items: [
        {
          name: "logs/app.log",
          type: "file",
          size: 5,
          compressedSize: expect.any(Number),
          modified: expect.any(String),
        },
        { name: "uploads/", type: "directory", size: 0, compressedSize: 0, modified: expect.any(String) },
      ],
    });
  });

  it("finds a part of a name in whatever case, and shows the fields that are asked for", async () => {
    const { send } = await bedWithBackup();

    const found = await send("GET", `${ENTRIES}?search=${encodeURIComponent("GRÖSSE".replace("SS", "ß"))}&fields=name`);

    const items = [{ name: "uploads/Größe 😀 #1?.html" }];
    await expectAnswer(found, 200, { page: 1, perPage: 30, totalItems: 1, totalPages: 1, items });
    const none = { page: 1, perPage: 30, totalItems: 0, totalPages: 0, items: [] };
    await expectAnswer(await send("GET", `${ENTRIES}?search=nothing`), 200, none);
  });

  it.each([
    ["", { page: 1, perPage: 30 }],
    ["?page=0&perPage=0", { page: 1, perPage: 30 }],
    ["?page=-7&perPage=-7", { page: 1, perPage: 30 }],
    ["?page=999999999&perPage=999999999", { page: 999_999_999, perPage: 1_000, items: [] }],
  ])("takes %j as PocketBase does", async (query, expected) => {
    const { send } = await bedWithBackup();

    expect(await (await send("GET", ENTRIES + query)).json()).toMatchObject(expected);
  });

  it.each([
    "page=x",
    "perPage=1e3",
    "page=",
    "page=1.5",
    "page=9999999999",
    `search=${"a".repeat(4_097)}`,
    "fields=name:nonsense()",
  ])("refuses %s", async (query) => {
    const { send } = await bedWithBackup();

    await expectAnswer(await send("GET", `${ENTRIES}?${query}`), 400, refusal(400, INVALID));
  });

  it("is 404 without the backup, and 400 where it is no archive", async () => {
    const { send, filesystem } = await bedWithBackup();
    await filesystem.write("no.zip", Buffer.from("no archive"));

    await expectAnswer(await send("GET", "/api/backups/none.zip/entries"), 404, NOT_FOUND);
    await expectAnswer(await send("GET", "/api/backups/..%2Fa.zip/entries"), 404, NOT_FOUND);
    await expectAnswer(await send("GET", "/api/backups/no.zip/entries"), 400, MISSING);
  });
});

describe("GET an entry", () => {
  const at = (name: string) => `${ENTRIES}/${name}?token=${FILE_TOKEN}`;
  const HTML = "uploads/Gr%C3%B6%C3%9Fe%20%F0%9F%98%80%20%231%3F.html";

  it("is saved under its name, of no type, and kept by nobody", async () => {
    const { send } = await bedWithBackup();

    const response = await send("GET", at(HTML));

    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "private, no-store",
      "content-disposition": `attachment; filename="Gr__e _ #1?.html"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%F0%9F%98%80%20%231%3F.html`,
      "content-length": "8",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
      "content-type": "application/octet-stream",
      "last-modified": expect.stringMatching(/GMT$/),
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    expect(await response.text()).toBe("<script>");
  });

  it("comes whole over a socket, with slashes as they are or encoded, and HEAD says the same without the bytes", async () => {
    const bed = await bedWithBackup({ "deep/er/big.txt": "0123456789".repeat(500_000) });
    const { url } = await bed.listen();

    for (const name of ["deep/er/big.txt", "deep%2Fer%2fbig.txt"]) {
      const content = await (await fetch(url + at(name))).text();
      expect(content === "0123456789".repeat(500_000), name).toBe(true);
    }
    const head = await fetch(url + at("deep/er/big.txt"), { method: "HEAD" });
    expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "5000000", ""]);
  });

  it.each([
    "none",
    "logs",
    "logs/",
    "data.db/",
    "/data.db",
    "data.db%00",
    "DATA.DB",
    "..%2f..%2fdata.db",
    "logs%5capp.log",
    ".stowage/left-out.json",
    "constructor",
  ])("is 404 for %s", async (name) => {
    const { send, errors } = await bedWithBackup();

    await expectAnswer(await send("GET", at(name)), 404, NOT_FOUND);
    expect(errors).toEqual([]);
  });

  it.each(["%", "%zz", "%ff", "a%ed%a0%80b"])("is 400 for %s, which is no text", async (name) => {
    const { send } = await bedWithBackup();

    await expectAnswer(await send("GET", at(name)), 400, refusal(400, INVALID));
  });

  it("is 404 without the backup, and 400 where it is damaged", async () => {
    const bed = await bedWithBackup();
    await damage(bed);

    await expectAnswer(
      await bed.send("GET", `/api/backups/none.zip/entries/data.db?token=${FILE_TOKEN}`),
      404,
      NOT_FOUND,
    );
    await expectAnswer(await bed.send("GET", at("data.db")), 400, MISSING);
    expect(await (await bed.send("GET", at("logs/app.log"))).text()).toBe("a log");
  });

  it("lets go of the storage when the client leaves", async () => {
    let open = 0;
    const driver = new MemoryDriver();
    const read = driver.read.bind(driver);
    driver.read = async (key, options) => {
      const { info, content } = await read(key, options);
      return { info, content: counted(content, (change) => (open += change)) };
    };
    const bed = await makeBed({ driver, data: { big: randomBytes(8_000_000).toString("base64") } });
    await bed.manager.create({ name: "a.zip" });
    const { url } = await bed.listen();
    const leaving = new AbortController();
    const response = await fetch(url + at("big"), { signal: leaving.signal });
    expect([response.status, open]).toEqual([200, 1]);

    leaving.abort();

    await expect.poll(() => open).toBe(0);
  });
});

describe("POST verify", () => {
  const VERIFY = "/api/backups/a.zip/verify";

  it("says that all is well", async () => {
    const { send } = await bedWithBackup();

    const found = { entries: 5, size: 23, skipped: [], skippedCount: 0, warnings: [], warningCount: 0 };
    await expectAnswer(await send("POST", VERIFY), 200, found);
    await expectAnswer(await send("POST", `${VERIFY}?fields=entries`), 200, { entries: 5 });
  });

  it("says by which rule an archive is damaged, and that one is missing", async () => {
    const bed = await bedWithBackup();
    await damage(bed);

    const damaged = { code: "content-crc", message: "Missing or invalid backup file." };
    await expectAnswer(await bed.send("POST", VERIFY), 400, refusal(400, "Failed to verify backup.", { key: damaged }));
    await expectAnswer(await bed.send("POST", "/api/backups/none.zip/verify"), 404, NOT_FOUND);
  });

  it("runs once at a time", async () => {
    const { send } = await bedWithBackup();

    const answers = await Promise.all([send("POST", VERIFY), send("POST", VERIFY), send("POST", VERIFY)]);

    expect(answers.map(({ status }) => status)).toEqual([200, 400, 400]);
    await expectAnswer(answers[1] as Response, 400, BUSY);
    expect((await send("POST", VERIFY)).status).toBe(200);
  });
});

describe("POST restore with dryRun", () => {
  const RESTORE = "/api/backups/a.zip/restore";

  it.each(["1", "true"])("(%s) says what would happen, and restores nothing", async (value) => {
    const bed = await makeBed();
    await bed.filesystem.write("none.zip", Buffer.from("x"));
    await bed.manager.create({ name: "a.zip" });
    const before = await readTree(bed.dataDir);

    const response = await bed.send("POST", `${RESTORE}?dryRun=${value}`);

    const [count, size] = [2, Object.values(DATA).join("").length];
    await expectAnswer(response, 200, {
      key: "a.zip",
      isPossible: true,
      problems: [],
      entries: 3,
      size,
      added: { count: 0, size: 0, names: [] },
      replaced: { count, size, names: Object.keys(DATA) },
      removed: { count: 0, size: 0, names: [] },
      kept: { count: 0, size: 0, names: [] },
      space: [{ mount: "", needed: size, free: expect.any(Number) }],
      ...{ skipped: [], skippedCount: 0, warnings: [], warningCount: 0 },
    });
    expect(await readTree(bed.dataDir)).toEqual(before);
    expect(bed.manager.status().last).toMatchObject({ operation: "create" });
  });

  it("tells problems by their codes, and no path", async () => {
    const bed = await makeBed({ manager: { requiredFiles: ["data.db"] } });
    const other = await makeBed({ data: { "folder/": "" }, manager: { filesystem: bed.filesystem } });
    await other.manager.create({ name: "a.zip", allowEmpty: true });

    const text = await (await bed.send("POST", `${RESTORE}?dryRun=1`)).text();

    expect(JSON.parse(text)).toMatchObject({
      isPossible: false,
      problems: [
        { code: "INVALID_ARCHIVE", reason: "required-file" },
        { code: "INVALID_ARCHIVE", reason: "no-files" },
      ],
    });
    expect(text).not.toContain(bed.directory);
  });

  it.each([
    "dryRun=",
    "dryRun=yes",
    "dryRun=1&dryRun=0",
    "dryrun=1",
    "dry-run=1",
    "dry_run=true",
    "DRYRUN=1",
    "dryRun=1&dryrun=1",
  ])("refuses ?%s rather than restore", async (query) => {
    const bed = await makeBed({ handler: { waitForRestore: true } });
    await bed.manager.create({ name: "a.zip" });

    const problem = { dryRun: { code: "validation_invalid_value", message: "Must be 1 or 0." } };
    await expectAnswer(await bed.send("POST", `${RESTORE}?${query}`), 400, refusal(400, INVALID, problem));
    expect(bed.manager.status().last).toMatchObject({ operation: "create" });
  });

  it("restores with 0, and refuses what is missing either way", async () => {
    const bed = await makeBed({ handler: { waitForRestore: true } });
    await bed.manager.create({ name: "a.zip" });

    await expectAnswer(await bed.send("POST", `${RESTORE}?dryRun=0`), 204);
    expect(bed.manager.status().last).toMatchObject({ operation: "restore" });
    await expectAnswer(await bed.send("POST", "/api/backups/none.zip/restore?dryRun=1"), 400, MISSING);
  });
});

it("a backup that is called as an endpoint has entries, too", async () => {
  const { send, manager, filesystem } = await makeBed();
  const { key } = await manager.create({ name: "a.zip" });
  const { content } = await manager.download(key);
  const bytes = Buffer.concat(await content.toArray());
  for (const name of ["upload", "status", "entries"]) {
    await filesystem.write(name, bytes);
    expect(await (await send("GET", `/api/backups/${name}/entries`, { headers: ADMIN })).json()).toMatchObject({
      totalItems: 3,
    });
    const entry = await send("GET", `/api/backups/${name}/entries/data.db?token=${FILE_TOKEN}`);
    expect(await entry.text()).toBe(DATA["data.db"]);
  }
});

async function* counted(
  content: AsyncIterable<Uint8Array>,
  count: (change: number) => void,
): AsyncGenerator<Uint8Array> {
  count(1);
  try {
    for await (const chunk of content) {
      for (let at = 0; at < chunk.length; at += 65_536) yield chunk.subarray(at, at + 65_536);
    }
  } finally {
    count(-1);
  }
}
