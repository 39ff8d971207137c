import { type DriverVerb, recordCalls } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { describe, expect, it } from "vitest";
import { Filesystem, type FilesystemDriver, mirrored, prefixed, StowageError } from "../../../src/index.ts";
import { type Change, textAt, twoPlaces } from "../two-places.ts";

const down: Change = () => {
  const reject = () => Promise.reject(new StowageError("UNAVAILABLE", "nobody answers"));
  return { open: reject, stat: reject, read: reject, list: reject, delete: reject };
};

describe("a key to read", () => {
  it.each(["first", "second"] as const)("is found if only the %s place has it", async (which) => {
    const places = twoPlaces();
    await places[which].write("a", Buffer.from("here"));

    expect(await textAt(places.both, "a")).toBe("here");
    expect(await places.both.stat("a")).toMatchObject({ key: "a", size: 4 });
  });

  it("is taken from the first place that has it", async () => {
    const places = twoPlaces();
    await places.first.write("a", Buffer.from("of the first"));
    await places.second.write("a", Buffer.from("of the second"));

    expect(await textAt(places.both, "a")).toBe("of the first");
  });

  it("is taken from a place that works while another does not", async () => {
    const places = twoPlaces({ first: down });
    await places.second.write("a", Buffer.from("here"));

    expect(await textAt(places.both, "a")).toBe("here");
  });

  it.each(["first", "second"])("is not called missing while the %s place cannot be asked", async (which) => {
    const places = twoPlaces({ [which]: down });

    for (const call of [() => places.both.stat("a"), () => places.both.read("a"), () => places.both.exists("a")]) {
      await expect(call()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true, key: "a" });
    }
  });

  it("is missing if no place has it", async () => {
    const { both } = twoPlaces();

    await expect(both.read("a")).rejects.toMatchObject({ code: "NOT_FOUND", operation: "read", key: "a" });
    expect(await both.exists("a")).toBe(false);
  });

  it("is not looked for elsewhere if the range is behind its end", async () => {
    const places = twoPlaces();
    await places.first.write("a", Buffer.from("short"));
    await places.second.write("a", Buffer.from("much longer than that"));

    await expect(places.both.read("a", { start: 10 })).rejects.toMatchObject({ code: "RANGE_NOT_SATISFIABLE" });
  });

  it("fails with its own place's code when its content breaks off", async () => {
    const places = twoPlaces({
      second: (driver) => ({
        read: async (key, options) => ({ ...(await driver.read(key, options)), content: broken() }),
        classify: (error) => ({
          code: error instanceof RangeError ? "CHECKSUM_MISMATCH" : "INTERNAL",
          retryable: true,
        }),
      }),
    });
    await places.second.write("a", Buffer.from("here"));

    const { content } = await places.both.read("a");

    const code = "CHECKSUM_MISMATCH";
    await expect(content.toArray()).rejects.toMatchObject({ code, retryable: true, operation: "read", key: "a" });
  });
});

describe("delete", () => {
  it("removes the key everywhere", async () => {
    const places = twoPlaces();
    await places.both.write("a", Buffer.from("x"));

    await places.both.delete("a");

    expect([await places.first.exists("a"), await places.second.exists("a")]).toEqual([false, false]);
  });

  it("tries every place, and fails if one fails", async () => {
    const places = twoPlaces({ first: down });
    await places.second.write("a", Buffer.from("x"));

    await expect(places.both.delete("a")).rejects.toMatchObject({ code: "UNAVAILABLE", operation: "delete" });

    expect(await places.second.exists("a")).toBe(false);
  });
});

describe("the mirrored filesystem", () => {
  it("opens if one place opens, and tries the other again with the next call", async () => {
    let isDown = true;
    const open: Change = () => ({ open: async () => (isDown ? Promise.reject(new Error("down")) : undefined) });
    const places = twoPlaces({ first: open });

    await places.both.open();
    isDown = false;
    const { copies } = await places.both.write("a", Buffer.from("x"));

    expect(copies).toEqual([{ name: "memory-1" }, { name: "memory-2" }]);
  });

  it("does not open if no place does", async () => {
    const { both } = twoPlaces({ first: down, second: down });

    await expect(both.open()).rejects.toMatchObject({ code: "UNAVAILABLE", cause: expect.any(AggregateError) });
  });

  it("leaves the places open when it is closed", async () => {
    const calls: DriverVerb[] = [];
    const place = new Filesystem(recordCalls(new MemoryDriver(), calls));
    const both = mirrored([place, new Filesystem(new MemoryDriver())]);
    await both.write("a", Buffer.from("x"));

    await both.close();

    expect(calls).not.toContain("close");
    expect(await place.exists("a")).toBe(true);
  });

  it("can do what all places can do", () => {
    const limits = { pageSize: 1_000, timestampResolutionMs: 1 };
    const signUrl = async () => "http://127.0.0.1/";
    const able = { conditionalCreate: true, contentTypes: true, signedUrls: true, shared: true };
    const { both } = twoPlaces({
      first: () => ({
        signUrl,
        capabilities: { ...able, limits: { ...limits, partSize: 8, conditionalCreateSize: 64 } },
      }),
      second: () => ({
        signUrl,
        capabilities: { ...able, shared: false, limits: { pageSize: 10, timestampResolutionMs: 1_000 } },
      }),
    });

    expect(both.capabilities).toEqual({
      ...able,
      shared: false,
      limits: { pageSize: 10, timestampResolutionMs: 1_000, partSize: 8, conditionalCreateSize: 64 },
    });
  });

  it("signs a URL of the place that has the key", async () => {
    const signing =
      (name: string): Change =>
      (driver) => ({ capabilities: { ...driver.capabilities, signedUrls: true }, signUrl: async () => name });
    const places = twoPlaces({ first: signing("of the first"), second: signing("of the second") });
    await places.second.write("a", Buffer.from("x"));

    expect(await places.both.signUrl("a", { expiresInMs: 1_000 })).toBe("of the second");
    expect(await places.both.signUrl("missing", { expiresInMs: 1_000 })).toBe("of the first");
  });

  it("calls its destinations by the names that they are given", async () => {
    const both = mirrored([
      { name: "here", filesystem: new Filesystem(new MemoryDriver()) },
      { name: "there", filesystem: prefixed(new Filesystem(new MemoryDriver()), "app.") },
    ]);

    expect((await both.write("a", Buffer.from("x"))).copies).toEqual([{ name: "here" }, { name: "there" }]);
  });

  it("refuses none, two of one name, and what is no filesystem", () => {
    const filesystem = new Filesystem(new MemoryDriver());
    const twins = [
      { name: "a", filesystem },
      { name: "a", filesystem },
    ];
    const wrong = [new MemoryDriver() as FilesystemDriver as never];

    for (const destinations of [[], twins, wrong]) {
      expect(() => mirrored(destinations)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
  });
});

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("he");
  throw new RangeError("bit rot");
}
