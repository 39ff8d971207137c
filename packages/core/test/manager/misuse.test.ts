import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readTree, temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it, vi } from "vitest";
import { BackupManager, needsRecovery, recover, StowageError } from "../../src/index.ts";
import { DATA, keysOf, makeManager } from "./manager-fixture.ts";

/** A manager as JavaScript sees it. */
type Untyped = Record<string, (...given: unknown[]) => Promise<unknown>>;

const MISUSES: [method: string, given: unknown[], code: string, message: RegExp][] = [
  ["create", ["x.zip"], "INVALID_ARGUMENT", /write create\(\{ name: "x\.zip" \}\)/],
  ["create", [null], "INVALID_ARGUMENT", /options: not an object/],
  ["create", [{ nmae: "x.zip" }], "INVALID_ARGUMENT", /nmae: no such option; did you mean name\?/],
  ["create", [{ onProgress: "often" }], "INVALID_ARGUMENT", /onProgress: not a function/],
  ["create", [{ name: "Upper.zip" }], "INVALID_NAME", /a name is/],
  ["list", [AbortSignal.timeout(1_000_000)], "INVALID_ARGUMENT", /write \{ signal \}/],
  ["upload", ["a.zip", undefined], "INVALID_ARGUMENT", /cannot upload "a\.zip": content is neither/],
  ["upload", ["a.zip", Buffer.from("x"), { chekc: "magic" }], "INVALID_ARGUMENT", /did you mean check\?/],
  ["upload", ["a.zip", Buffer.from("x"), { check: "maigc" }], "INVALID_ARGUMENT", /check: not one of/],
  ["download", [undefined], "INVALID_KEY", /cannot download: the key is not valid/],
  ["download", ["a.zip", { range: { begin: 0 } }], "INVALID_ARGUMENT", /range\.begin: no such option/],
  ["download", ["a.zip", { range: { start: -1 } }], "INVALID_ARGUMENT", /start: -1/],
  ["delete", ["a/b"], "INVALID_KEY", /cannot delete "a\/b": the key is not valid/],
  ["delete", ["a.zip", { signal: "soon" }], "INVALID_ARGUMENT", /signal: not an AbortSignal/],
  ["restore", [undefined], "INVALID_KEY", /cannot restore: the key is not valid/],
  ["restore", ["a.zip", { keepPrevios: true }], "INVALID_ARGUMENT", /did you mean keepPrevious\?/],
  ["restore", ["a.zip", { keep: true }], "INVALID_ARGUMENT", /did you mean keepPrevious\?/],
  ["restore", ["a.zip", { keepPrevious: "yes" }], "INVALID_ARGUMENT", /keepPrevious: not true or false/],
  ["rollback", [{ name: "a.zip" }], "INVALID_ARGUMENT", /name: no such option; there are signal, onProgress/],
  ["verify", ["a.zip", { singal: undefined, sginal: 1 }], "INVALID_ARGUMENT", /sginal: no such option/],
  ["entries", [""], "INVALID_KEY", /cannot list the entries of "": the key is not valid/],
  ["extract", ["a.zip"], "INVALID_ARGUMENT", /extract\("x\.zip", \{ to: "directory" \}\)/],
  ["extract", ["a.zip", {}], "INVALID_ARGUMENT", /to: it is missing/],
  ["extract", ["a.zip", { to: "somewhere", select: "cache" }], "INVALID_ARGUMENT", /select: not a list of globs/],
];

describe("a method of a manager", () => {
  it.each(MISUSES)("%s(%j) is %s before anything else happens", async (method, given, code, message) => {
    const made = vi.fn();
    const { dataDir } = await makeManager();
    const manager = new BackupManager({ dataDir, filesystem: made });

    const call = (manager as unknown as Untyped)[method]?.apply(manager, given);

    await expect(call).rejects.toMatchObject({ code, operation: method, message: expect.stringMatching(message) });
    expect(made).not.toHaveBeenCalled();
    expect(await readTree(dataDir)).toEqual(DATA);
    expect(manager.status().active).toBeUndefined();
  });

  it("takes no lock for arguments that are wrong", async () => {
    const { manager, filesystem } = await makeManager();
    const untyped = manager as unknown as Untyped;

    await expect(untyped.restore?.(undefined)).rejects.toMatchObject({ code: "INVALID_KEY" });

    const page = await filesystem.driver.list({ prefix: "", limit: 10, signal: new AbortController().signal });
    expect(page.files).toEqual([]);
  });

  it("accepts options that are undefined, inherited or known by a symbol", async () => {
    const { manager, filesystem } = await makeManager();
    const options = Object.create({ name: "inherited.zip" }, {});
    Object.assign(options, { signal: undefined, [Symbol("mine")]: true });

    await manager.create(options);

    expect(await keysOf(filesystem)).toEqual(["inherited.zip"]);
  });

  it("names itself, and the reason once, in an error from further in", async () => {
    const { manager } = await makeManager();
    const calls = {
      "cannot restore": () => manager.restore("a.zip"),
      "cannot download": () => manager.download("a.zip"),
      "cannot delete": () => manager.delete("a.zip"),
      "cannot list the entries of": () => manager.entries("a.zip"),
    };

    for (const [start, call] of Object.entries(calls)) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: "NOT_FOUND",
        message: `${start} "a.zip": no object lies there`,
        key: "a.zip",
      });
      expect(error).not.toHaveProperty("cause");
    }
  });
});

describe("the events of a manager", () => {
  it.each([
    ["finished", () => {}, /finished: no such event; there are start, progress, done, failed/],
    ["faild", () => {}, /did you mean failed\?/],
    [undefined, () => {}, /no such event/],
    ["done", undefined, /listener: not a function/],
  ])("on(%j) is refused if it is wrong", async (event, listener, message) => {
    const { manager } = await makeManager();
    const on = () => manager.on(event as "done", listener as () => void);
    expect(on).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringMatching(message) }));
  });
});

describe("recover and needsRecovery", () => {
  it("refuse what is no path and what is no option, and leave the disk alone", async () => {
    const dataDir = join(await temporaryDirectory(), "data");
    const wrong: unknown[][] = [
      [undefined],
      [""],
      [dataDir, "now"],
      [dataDir, { patiense: 1 }],
      [dataDir, { disk: 1 }],
    ];
    for (const run of [recover, needsRecovery]) {
      for (const given of wrong) {
        const call = (run as (...given: unknown[]) => Promise<unknown>)(...given);
        await expect(call, JSON.stringify(given)).rejects.toMatchObject({
          code: "INVALID_ARGUMENT",
          operation: run.name,
        });
      }
    }
    await expect(readdir(dataDir)).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("a filesystem that cannot be loaded", () => {
  it.each([
    ["CONFIG_INVALID", false],
    ["UNAVAILABLE", true],
  ] as const)("is as retryable as its cause, which JSON tells: %s", async (code, retryable) => {
    const { dataDir } = await makeManager();
    const down = new StowageError(code, "no such place");
    const manager = new BackupManager({ dataDir, filesystem: () => Promise.reject(down) });

    const error = await manager.list().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "FILESYSTEM_UNAVAILABLE", retryable });
    const cause = { name: "StowageError", code, message: "no such place" };
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ cause });
  });
});
