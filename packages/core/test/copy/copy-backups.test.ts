import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver, memoryFilesystem } from "@stowage/memory";
import { describe, expect, it } from "vitest";
import { copyBackups, Filesystem, type FilesystemDriver, mirrored, prefixed } from "../../src/index.ts";
import { textAt } from "../filesystem/two-places.ts";

type Files = Readonly<Record<string, string>>;

/** In the order of the record, each some milliseconds after the one before. */
async function holding(files: Files, filesystem = memoryFilesystem()): Promise<Filesystem> {
  for (const [key, text] of Object.entries(files)) {
    await filesystem.write(key, Buffer.from(text));
    const { modifiedAt } = await filesystem.stat(key);
    while (Date.now() <= modifiedAt.getTime()) await new Promise(setImmediate);
  }
  return filesystem;
}

async function filesOf(filesystem: Filesystem): Promise<Files> {
  const files: Record<string, string> = {};
  for await (const { key } of filesystem.list()) files[key] = await textAt(filesystem, key);
  return files;
}

/** A place whose writes are noted. */
function noting(written: string[], change: Partial<FilesystemDriver> = {}): Filesystem {
  const driver = new MemoryDriver();
  return new Filesystem(
    wrapDriver(driver, {
      write: (key, content, options) => {
        written.push(key);
        return driver.write(key, content, options);
      },
      ...change,
    }),
  );
}

const THREE = { "c.zip": "the oldest", "a.zip": "the second", "b.zip": "the newest" };

describe("copyBackups", () => {
  it("copies what is missing, the oldest first, and sends what is there no second time", async () => {
    const from = await holding(THREE);
    const written: string[] = [];
    const to = noting(written);

    const first = await copyBackups(from, to);
    const second = await copyBackups(from, to);

    expect(await filesOf(to)).toEqual(THREE);
    expect(written).toEqual(["c.zip", "a.zip", "b.zip"]);
    expect(first).toMatchObject({ copied: 3, present: 0, conflicts: 0, failed: 0 });
    expect(second).toMatchObject({ copied: 0, present: 3, conflicts: 0, failed: 0 });
    expect(first.backups[0]).toEqual({ key: "c.zip", size: 10, outcome: "copied" });
  });

  it("takes the newest, or the keys that are named, and no attributes of PocketBase", async () => {
    const from = await holding({ ...THREE, "b.zip.attrs": "{}" });
    const latest = memoryFilesystem();
    const named = memoryFilesystem();

    await copyBackups(from, latest, { latest: 2 });
    const report = await copyBackups(from, named, { keys: ["a.zip", "none.zip", "c.zip", "a.zip"] });

    expect(Object.keys(await filesOf(latest))).toEqual(["a.zip", "b.zip"]);
    expect(Object.keys(await filesOf(named))).toEqual(["a.zip", "c.zip"]);
    expect(report.backups.map(({ key, outcome, error }) => [key, outcome, error?.code])).toEqual([
      ["none.zip", "failed", "NOT_FOUND"],
      ["c.zip", "copied", undefined],
      ["a.zip", "copied", undefined],
    ]);
  });

  it("leaves what else lies under a key, and says so, whatever its size", async () => {
    const from = await holding(THREE);
    const to = await holding({ "a.zip": "THE SECOND", "b.zip": "longer than the newest" });

    const report = await copyBackups(from, to);

    expect(await filesOf(to)).toEqual({
      "a.zip": "THE SECOND",
      "b.zip": "longer than the newest",
      "c.zip": "the oldest",
    });
    expect(report).toMatchObject({ copied: 1, conflicts: 2, failed: 0 });
    const conflicts = report.backups.filter(({ outcome }) => outcome === "conflict");
    expect(conflicts.map(({ error }) => error?.code)).toEqual(["ALREADY_EXISTS", "ALREADY_EXISTS"]);
    expect(conflicts.map(({ error }) => error?.message)).toEqual([
      expect.stringContaining("10 bytes lie there as in the original, but not the same"),
      expect.stringContaining("22 other bytes lie there, and 10 in the original"),
    ]);
  });

  it("compares with what somebody else stored meanwhile", async () => {
    const from = await holding({ "a.zip": "same", "b.zip": "mine" });
    const driver = new MemoryDriver();
    const others = new Filesystem(driver);
    const to = new Filesystem(
      wrapDriver(driver, {
        write: async (key, content, options) => {
          await others.write(key, Buffer.from(key === "a.zip" ? "same" : "hers"));
          return driver.write(key, content, options);
        },
      }),
    );

    const report = await copyBackups(from, to);

    expect(report.backups.map(({ outcome }) => outcome)).toEqual(["present", "conflict"]);
    expect(await filesOf(others)).toEqual({ "a.zip": "same", "b.zip": "hers" });
  });

  it("removes what arrived otherwise than it was sent, and goes on", async () => {
    const from = await holding(THREE);
    const driver = new MemoryDriver();
    const to = new Filesystem(
      wrapDriver(driver, {
        write: (key, content, options) => driver.write(key, key === "a.zip" ? flipped(content) : content, options),
      }),
    );

    const report = await copyBackups(from, to);

    expect(report).toMatchObject({ copied: 2, failed: 1 });
    expect(report.backups[1]).toMatchObject({ key: "a.zip", outcome: "failed", error: { code: "CHECKSUM_MISMATCH" } });
    expect(Object.keys(await filesOf(to))).toEqual(["b.zip", "c.zip"]);
    expect(await copyBackups(from, new Filesystem(driver))).toMatchObject({ copied: 1, present: 2 });
  });

  it("rejects with what the first backup failed with if every one failed", async () => {
    const from = await holding(THREE);
    const full = Object.assign(new Error("disk full"), { code: "ENOSPC" });
    const to = noting([], {
      write: () => Promise.reject(full),
      classify: () => ({ code: "NO_SPACE", retryable: false }),
    });

    const copying = copyBackups(from, to);

    await expect(copying).rejects.toMatchObject({ code: "NO_SPACE", operation: "copyBackups" });
    await expect(copying).rejects.toThrow("and so failed 2 more");
  });

  it.each([false, true])("gives each place of a mirror what it lacks (below a prefix: %s)", async (isPrefixed) => {
    const places = [memoryFilesystem(), memoryFilesystem()] as const;
    const both = mirrored(places);
    const mirror = isPrefixed ? prefixed(both, "app-") : both;
    const start = isPrefixed ? "app-" : "";
    await holding({ [`${start}a.zip`]: "one" }, places[0]);
    await holding({ [`${start}b.zip`]: "two" }, places[1]);

    const report = await copyBackups(mirror, mirror);

    const whole = { [`${start}a.zip`]: "one", [`${start}b.zip`]: "two" };
    expect(await Promise.all(places.map(filesOf))).toEqual([whole, whole]);
    expect(report.backups.map(({ key, destination, outcome }) => `${key} ${destination} ${outcome}`)).toEqual([
      "a.zip memory-1 present",
      "a.zip memory-2 copied",
      "b.zip memory-1 copied",
      "b.zip memory-2 present",
    ]);
  });

  it("gives each place of a mirror in a mirror what it lacks", async () => {
    const from = await holding({ "a.zip": "one" });
    const places = [memoryFilesystem(), memoryFilesystem(), memoryFilesystem()] as const;
    await holding({ "a.zip": "one" }, places[0]);
    const inner = mirrored([places[0], { name: "there", filesystem: places[1] }]);

    const report = await copyBackups(from, mirrored([{ name: "cloud", filesystem: inner }, places[2]]));

    expect(report.backups.map(({ destination, outcome }) => `${destination} ${outcome}`)).toEqual([
      "cloud/memory-1 present",
      "cloud/there copied",
      "memory-2 copied",
    ]);
  });

  it("gives the other places what one that is down does not get", async () => {
    const from = await holding(THREE);
    const down = () => Promise.reject(new Error("down"));
    const up = memoryFilesystem();
    const to = mirrored([noting([], { stat: down, write: down, list: down }), up]);

    const report = await copyBackups(from, to);

    expect(report).toMatchObject({ copied: 3, failed: 3 });
    expect(await filesOf(up)).toEqual(THREE);
  });

  it("ends with an abort, and with what onProgress throws", async () => {
    const from = await holding(THREE);
    const abort = new AbortController();
    const to = memoryFilesystem();
    const reason = new Error("enough");
    const stopping = { signal: abort.signal, onProgress: () => abort.abort(reason) };
    const throwing = () => {
      throw reason;
    };

    await expect(copyBackups(from, to, stopping)).rejects.toMatchObject({ code: "ABORTED", cause: reason });
    await expect(copyBackups(from, to, { onProgress: throwing })).rejects.toMatchObject({ cause: reason });
    expect(await filesOf(to)).toEqual({});
  });

  it("tells all bytes of all backups, rising", async () => {
    const from = await holding(THREE);
    const told: number[] = [];
    const last: unknown[] = [];

    await copyBackups(from, memoryFilesystem(), {
      onProgress: (progress) => {
        told.push(progress.bytesDone);
        last[0] = progress;
      },
    });

    expect(last[0]).toEqual({ phase: "copy", entriesDone: 3, entriesTotal: 3, bytesDone: 30, bytesTotal: 30 });
    expect(told).toEqual(told.toSorted((left, right) => left - right));
  });

  it("refuses what is no filesystem, no key and no option before anything is read", async () => {
    const from = noting([], { list: () => Promise.reject(new Error("it was listed")) });
    const to = memoryFilesystem();
    const refused = (call: Promise<unknown>) => call.then(() => "none").catch(({ code }) => code);

    expect(await refused(copyBackups(new MemoryDriver() as never, to))).toBe("INVALID_ARGUMENT");
    expect(await refused(copyBackups(from, undefined as never))).toBe("INVALID_ARGUMENT");
    expect(await refused(copyBackups(from, to, { keys: ["../a.zip"] }))).toBe("INVALID_KEY");
    expect(await refused(copyBackups(from, to, { keys: [".stowage-lock.0000000000000001"] }))).toBe("INVALID_KEY");
    expect(await refused(copyBackups(from, to, { latest: 0 }))).toBe("INVALID_ARGUMENT");
    expect(await refused(copyBackups(from, to, { latest: 1, keys: ["a.zip"] }))).toBe("INVALID_ARGUMENT");
    expect(await refused(copyBackups(from, to, { key: "a.zip" } as never))).toBe("INVALID_ARGUMENT");
  });
});

async function* flipped(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) yield chunk.map((byte) => byte ^ 1);
}
