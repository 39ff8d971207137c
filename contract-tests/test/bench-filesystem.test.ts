import { Filesystem } from "@stowage/core";
import { describe, expect, it } from "vitest";
import { benchFilesystem, benchTable, type Floor, type Harness, interceptCalls } from "../src/index.ts";
import { ReferenceDriver } from "./reference-driver.ts";
import { ReferencePlace } from "./reference-place.ts";

const SIZES = { size: 1_000_000, count: 4, rounds: 3 };
const DRIVER_MS = [9, 4, 5];
const FLOOR_MS = 2;

/** A place on a clock of its own: a call of the driver takes 4, 5 or 9 ms, one of the floor 2. */
class TimedPlace {
  readonly place = new ReferencePlace();
  disposed = 0;
  failing = "";
  #ms = 0;
  #requests = 0;
  #turn = 0;

  readonly now = (): number => this.#ms;

  harness(parts: { floor?: boolean; requests?: boolean } = {}): Harness {
    return {
      create: () => ({
        open: () => new Filesystem(this.#timed()),
        ...(parts.floor ? { floor: new MapFloor(this.place, () => this.#spend(FLOOR_MS)) } : {}),
        ...(parts.requests ? { requests: () => this.#requests } : {}),
        dispose: () => void this.disposed++,
      }),
    };
  }

  #timed() {
    return interceptCalls(new ReferenceDriver(this.place), (verb, call) => {
      if (verb === "open" || verb === "close" || verb === "delete") return call();
      this.#spend(DRIVER_MS[this.#turn++ % 3] ?? 0);
      if (verb === this.failing) throw new Error(`${verb} fails`);
      return call();
    });
  }

  #spend(ms: number): void {
    this.#ms += ms;
    this.#requests++;
  }
}

/** A class, whose methods are no properties of its own. */
class MapFloor implements Floor {
  readonly #place: ReferencePlace;
  readonly #spend: () => void;

  constructor(place: ReferencePlace, spend: () => void) {
    this.#place = place;
    this.#spend = spend;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    this.#spend();
    this.#place.put(key, [bytes]);
  }

  async read(key: string, start: number, end: number): Promise<number> {
    this.#spend();
    return this.#place.objects.get(key)?.bytes.subarray(start, end).length ?? 0;
  }

  async stat(): Promise<void> {
    this.#spend();
  }

  async list(prefix: string): Promise<number> {
    this.#spend();
    return [...this.#place.objects.keys()].filter((key) => key.startsWith(prefix)).length;
  }

  async delete(key: string): Promise<void> {
    this.#place.objects.delete(key);
  }
}

describe("benchFilesystem", () => {
  it("tells the median, the bytes in a second, the requests, and how many times as long as its floor a driver takes", async () => {
    const timed = new TimedPlace();
    const rows = await benchFilesystem(timed.harness({ floor: true, requests: true }), { ...SIZES, now: timed.now });
    expect(rows.map(({ what }) => what)).toEqual([
      ...["write 1 KiB", "stat", "list 5", "write 0.95 MiB", "read 0.95 MiB", "read 64 KiB of it"],
    ]);
    for (const { driver, floor, ratio } of rows) {
      expect(driver.ms).toBeGreaterThanOrEqual(4.5); // of four rounds or of three
      expect(driver.ms).toBeLessThanOrEqual(7);
      expect([driver.requests, floor?.requests, floor?.ms]).toEqual([1, 1, FLOOR_MS]);
      expect(ratio).toBe(driver.ms / FLOOR_MS);
    }
    expect(rows[4]?.driver).toEqual({ ms: 5, mbPerSecond: 200, requests: 1 });
    expect(rows[4]?.floor).toEqual({ ms: 2, mbPerSecond: 500, requests: 1 });
    expect(rows.filter(({ driver }) => driver.mbPerSecond !== undefined)).toHaveLength(2);
  });

  it("tells of a driver without a floor what it takes, and no ratio", async () => {
    const timed = new TimedPlace();
    const rows = await benchFilesystem(timed.harness(), { ...SIZES, now: timed.now });
    expect(rows[4]).toEqual({ what: "read 0.95 MiB", driver: { ms: 5, mbPerSecond: 200 } });
  });

  it.each(["", "stat", "list", "read"])(
    "deletes what both have written, and nothing else, if '%s' fails",
    async (verb) => {
      const timed = new TimedPlace();
      timed.place.put("mine", []);
      timed.failing = verb;
      const bench = benchFilesystem(timed.harness({ floor: true }), SIZES);
      await (verb ? expect(bench).rejects.toThrow(`${verb} fails`) : bench);
      expect([...timed.place.objects.keys()]).toEqual(["mine"]);
      expect(timed.disposed).toBe(1);
    },
  );

  it("rejects if a floor reads less than there is", async () => {
    const timed = new TimedPlace();
    const place = { ...(await timed.harness({ floor: true }).create()) };
    const floor = Object.assign(new MapFloor(timed.place, () => {}), { read: async () => 5 });
    const harness = { create: () => ({ ...place, floor }) };
    await expect(benchFilesystem(harness, SIZES)).rejects.toThrow("read 0.95 MiB: 5 came, not 1000000");
    expect(timed.place.objects.size).toBe(0);
  });
});

describe("benchTable", () => {
  const driver = { ms: 5, mbPerSecond: 200, requests: 1 };

  it("prints a row for each call", () => {
    const rows = [{ what: "read 1 MiB", driver, floor: { ms: 0.4, mbPerSecond: 2_500 }, ratio: 1.25 }];
    expect(benchTable(rows)).toBe(
      "| call | driver | floor | ratio |\n| --- | --- | --- | --- |\n| read 1 MiB | 200 MB/s, 1 request | 2500 MB/s | 1.25 |\n",
    );
  });

  it("has no columns for a floor that is not there", () => {
    expect(benchTable([{ what: "stat", driver: { ms: 0.1234 } }])).toBe(
      "| call | driver |\n| --- | --- |\n| stat | 0.123 ms |\n",
    );
  });
});
