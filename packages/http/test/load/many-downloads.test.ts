import { join } from "node:path";
import type { ReadRangeOptions } from "@stowage/core/driver";
import { LocalDriver } from "@stowage/local";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { type Bed, FILE_TOKEN, makeBed } from "../bed/bed.ts";

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
  const driver = new WatchedDriver({ directory: join(await temporaryDirectory(), "backups") });
  const bed = await makeBed({ driver });
  await bed.filesystem.write("a.zip", CONTENT);
  return { bed, driver };
}

function get({ send }: Bed, headers: Record<string, string> = {}): Promise<Response> {
  return send("GET", `/api/backups/a.zip?token=${FILE_TOKEN}`, { headers });
}

function getMany(
  bed: Bed,
  { count = MANY, headers = {} }: { count?: number; headers?: Record<string, string> } = {},
): Promise<Response[]> {
  return Promise.all(Array.from({ length: count }, () => get(bed, headers)));
}

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

it.each([1, MANY])("%i downloads are read in one go each, to the last byte", async (count) => {
  const { bed, driver } = await bedOfLocal();

  const bodies = await Promise.all((await getMany(bed, { count })).map(bytesOf));

  expect(bodies.every((body) => body.equals(CONTENT))).toBe(true);
  expect(driver.reads).toEqual(Array.from({ length: count }, () => undefined));
});

it("ranges of many downloads are what they say", async () => {
  const { bed } = await bedOfLocal();
  await Promise.all((await getMany(bed)).map(bytesOf));

  const responses = await getMany(bed, { headers: { range: "bytes=1000-799999" } });

  expect(new Set(responses.map(({ headers }) => headers.get("content-range")))).toEqual(
    new Set([`bytes 1000-799999/${SIZE}`]),
  );
  const bodies = await Promise.all(responses.map(bytesOf));
  expect(bodies.every((body) => body.equals(CONTENT.subarray(1000, 800_000)))).toBe(true);
});

it("downloads that are open go on with their version when another takes its place", async () => {
  const { bed } = await bedOfLocal();
  const responses = await getMany(bed);
  await bed.filesystem.write("a.zip", Buffer.from(CONTENT).reverse());

  const bodies = await Promise.all(responses.map(bytesOf));

  expect(bodies.every((body) => body.equals(CONTENT))).toBe(true);
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
