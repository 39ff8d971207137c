import { join } from "node:path";
import type { ReadRangeOptions } from "@stowage/core/driver";
import { LocalDriver } from "@stowage/local";
import { expect, it, onTestFinished } from "vitest";
import { Downloads } from "../src/download/downloads.ts";
import { type Bed, FILE_TOKEN, makeBed } from "./bed.ts";
import { scratchDirectory } from "./scratch-directory.ts";

const MANY = 30;
const SIZE = 900_000;
const CONTENT = Buffer.from(Uint32Array.from({ length: SIZE / 4 }, (_, index) => index * 2_654_435_761).buffer);

/** A local storage, which gives 512 KiB at a time, and says what is asked of it. */
class WatchedDriver extends LocalDriver {
  readonly reads: (number | undefined)[] = [];

  override read(key: string, options: ReadRangeOptions) {
    this.reads.push(options.range?.start);
    return super.read(key, options);
  }
}

async function bedOfLocal(): Promise<{ bed: Bed; driver: WatchedDriver }> {
  const driver = new WatchedDriver({ directory: join(await scratchDirectory(onTestFinished), "backups") });
  const bed = await makeBed({ driver });
  await bed.filesystem.write("a.zip", CONTENT);
  return { bed, driver };
}

function get({ send }: Bed, headers: Record<string, string> = {}): Promise<Response> {
  return send("GET", `/api/backups/a.zip?token=${FILE_TOKEN}`, { headers });
}

function getMany(bed: Bed, headers?: Record<string, string>): Promise<Response[]> {
  return Promise.all(Array.from({ length: MANY }, () => get(bed, headers)));
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

it("one download is read in one go", async () => {
  const { bed, driver } = await bedOfLocal();

  expect((await bytesOf(await get(bed))).equals(CONTENT)).toBe(true);

  expect(driver.reads).toEqual([undefined]);
});

it("many downloads are read in small ranges, each to the last byte", async () => {
  const { bed, driver } = await bedOfLocal();

  for (let round = 0; round < 2; round++) {
    const bodies = await Promise.all((await getMany(bed)).map(bytesOf));
    expect(bodies.every((body) => body.equals(CONTENT))).toBe(true);
  }
  expect(driver.reads.length).toBeGreaterThan(2 * MANY);

  driver.reads.length = 0;
  expect((await bytesOf(await get(bed))).equals(CONTENT)).toBe(true);
  expect(driver.reads).toEqual([undefined]);
});

it("ranges of many downloads are what they say", async () => {
  const { bed } = await bedOfLocal();
  await Promise.all((await getMany(bed)).map(bytesOf));

  const responses = await getMany(bed, { range: "bytes=1000-799999" });

  expect(new Set(responses.map(({ headers }) => headers.get("content-range")))).toEqual(
    new Set([`bytes 1000-799999/${SIZE}`]),
  );
  const bodies = await Promise.all(responses.map(bytesOf));
  expect(bodies.every((body) => body.equals(CONTENT.subarray(1000, 800_000)))).toBe(true);
});

it("a download ends too early rather than go on with another version, and the operator knows why", async () => {
  const { bed } = await bedOfLocal();
  const responses = await getMany(bed);
  await bed.filesystem.write("a.zip", Buffer.from(CONTENT).reverse());

  const results = await Promise.allSettled(responses.map(bytesOf));

  for (const result of results) if (result.status === "fulfilled") expect(result.value.equals(CONTENT)).toBe(true);
  const failures = results.filter(({ status }) => status === "rejected");
  expect(failures.length).toBeGreaterThan(0);
  expect(bed.errors.map(({ error }) => error)).toEqual(
    Array.from(failures, () => expect.objectContaining({ code: "SOURCE_CHANGED" })),
  );
});

it("downloads that nobody reads are let go, and count no more", async () => {
  const { bed, driver } = await bedOfLocal();

  for (const response of await getMany(bed)) await response.body?.cancel();

  driver.reads.length = 0;
  expect((await bytesOf(await get(bed))).equals(CONTENT)).toBe(true);
  expect(driver.reads).toEqual([undefined]);
});

it("an empty object is served however many downloads there are", async () => {
  const { bed } = await bedOfLocal();
  await bed.filesystem.write("empty.zip", Buffer.alloc(0));
  const open = await getMany(bed);
  await Promise.all(open.slice(0, 5).map(bytesOf));

  const response = await bed.send("GET", `/api/backups/empty.zip?token=${FILE_TOKEN}`);

  expect((await bytesOf(response)).length).toBe(0);
  for (const rest of open.slice(5)) await rest.body?.cancel();
});

it("a storage that gives small chunks is never asked for ranges", () => {
  const downloads = new Downloads();
  downloads.count = 1_000;
  expect(downloads.isTooMuch(65_536)).toBe(false);
  expect(downloads.window({ start: 5, end: 1e9 })).toEqual({ start: 5, end: 1e9 });

  expect(downloads.isTooMuch(524_288)).toBe(true);
  expect(downloads.window({ start: 5, end: 1e9 })).toEqual({ start: 5, end: 131_077 });
});
