import { createReadStream } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { localFilesystem } from "@stowage/local";
import { MemoryDriver, memoryFilesystem } from "@stowage/memory";
import { readTree, temporaryDirectory } from "@stowage/test-kit/tree";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  BackupManager,
  type BackupManagerOptions,
  type Content,
  Filesystem,
  mirrored,
  needsRecovery,
  prefixed,
  recover,
} from "../../src/index.ts";
import { DATA, keysOf, makeManager } from "./manager-fixture.ts";

const NO_PATHS = [
  "",
  "~",
  "~/data",
  "file:///srv/data",
  "s3://bucket/data",
  "a\0b",
  pathToFileURL("/srv/data"),
  7,
  null,
];

afterEach(() => vi.restoreAllMocks());

function refusal(code: string, message: RegExp): unknown {
  return expect.objectContaining({ code, message: expect.stringMatching(message) });
}

function construct(options: object): () => BackupManager {
  const all = { dataDir: "data", filesystem: memoryFilesystem(), ...options };
  return () => new BackupManager(all as BackupManagerOptions);
}

describe("what is no path", () => {
  it.each(NO_PATHS)("is refused by whatever takes one: %s", async (path) => {
    const code = "CONFIG_INVALID";
    expect(construct({ dataDir: path })).toThrow(refusal(code, /^dataDir: not a path/));
    expect(construct({ stateDir: path })).toThrow(refusal(code, /^stateDir: not a path/));
    expect(() => localFilesystem({ directory: path as string })).toThrow(refusal(code, /^directory: not a path/));
    const { manager } = await makeManager();
    await expect(manager.extract("a.zip", { to: path as string })).rejects.toEqual(
      refusal("INVALID_ARGUMENT", /to: not a path/),
    );
    for (const look of [recover, needsRecovery]) {
      await expect(look(path as string)).rejects.toEqual(refusal("INVALID_ARGUMENT", /dataDir: not a path/));
    }
  });

  it.each(["./~", "~data", "data/~", "C:\\data", "a:b", "file:", "http:/a"])("is not %s", (path) => {
    expect(construct({ dataDir: path })).not.toThrow();
  });
});

describe("a path that leads elsewhere", () => {
  it("is CONFIG_INVALID if the data directory is a file, or lies below one, and nothing is made", async () => {
    const place = await temporaryDirectory();
    const file = join(place, "file");
    await writeFile(file, "x");
    const { manager, filesystem } = await makeManager();
    await manager.create({ name: "a.zip" });
    for (const dataDir of [file, join(file, "data")]) {
      const wrong = new BackupManager({ dataDir, filesystem });
      for (const call of [() => wrong.create(), () => wrong.restore("a.zip")]) {
        await expect(call()).rejects.toEqual(refusal("CONFIG_INVALID", /dataDir: ".*" is not a directory/));
      }
    }
    expect(await readTree(place)).toEqual({ file: "x" });
    expect(await keysOf(filesystem)).toEqual(["a.zip"]);
  });

  it("is INVALID_ARGUMENT if an extract goes to a file, or below one", async () => {
    const place = await temporaryDirectory();
    await writeFile(join(place, "file"), "x");
    const { manager } = await makeManager();
    await manager.create({ name: "a.zip" });

    for (const to of [join(place, "file"), join(place, "file", "below")]) {
      const extract = manager.extract("a.zip", { to });
      await expect(extract).rejects.toEqual(refusal("INVALID_ARGUMENT", /to: it is not a directory/));
    }
    expect(await readTree(place)).toEqual({ file: "x" });
  });

  it("may end in a slash, and is the same place", async () => {
    const { dataDir, filesystem } = await makeManager();
    const manager = new BackupManager({ dataDir: `${dataDir}/`, filesystem });
    await manager.create({ name: "a.zip" });
    await writeFile(join(dataDir, "data.db"), "changed");

    await manager.restore("a.zip");

    expect(await readTree(dataDir)).toEqual(DATA);
  });
});

describe("in place of a filesystem", () => {
  const driver = new MemoryDriver();

  it.each<[string, unknown, RegExp]>([
    ["a driver", driver, /write new Filesystem\(driver\)/],
    ["a promise", Promise.resolve(memoryFilesystem()), /it is a promise: await it/],
    ["a URL", "file:///srv/backups", /neither a Filesystem nor a function that returns one$/],
    ["null", null, /neither a Filesystem/],
  ])("%s is refused, with what to write", async (_kind, given, message) => {
    expect(construct({ filesystem: given })).toThrow(refusal("CONFIG_INVALID", message));
    const hint = new RegExp(message.source.replace(/^neither.*/, "Filesystem"));
    expect(() => prefixed(given as Filesystem, "a.")).toThrow(refusal("INVALID_ARGUMENT", hint));
    expect(() => mirrored([given as Filesystem])).toThrow(refusal("INVALID_ARGUMENT", hint));
  });

  it("a function that returns a driver, or a class, says so in the cause", async () => {
    const cause = refusal("CONFIG_INVALID", /write new Filesystem\(driver\)/);
    await expect(construct({ filesystem: () => driver })().list()).rejects.toMatchObject({ cause, retryable: false });
    await expect(construct({ filesystem: MemoryDriver })().list()).rejects.toMatchObject({
      code: "FILESYSTEM_UNAVAILABLE",
      cause: { message: expect.stringContaining("MemoryDriver") },
    });
  });

  it("a Filesystem is no driver of another", () => {
    const make = () => new Filesystem(memoryFilesystem() as never);
    expect(make).toThrow(refusal("CONFIG_INVALID", /it is a Filesystem, which has a driver already/));
  });
});

it.each<[string, () => unknown, RegExp]>([
  ["the path of a file", () => "/srv/a.zip", /give createReadStream\(path\)/],
  ["a Blob", () => new Blob(["x"]), /give blob\.stream\(\)/],
  ["a web File", () => new File(["x"], "a.zip"), /give blob\.stream\(\)/],
  ["a Response", () => new Response("x"), /give its body/],
  ["an ArrayBuffer", () => new ArrayBuffer(4), /give new Uint8Array\(buffer\)/],
  ["a promise", () => Promise.resolve(Buffer.from("x")), /await it/],
  ["a function", () => () => Buffer.from("x"), /neither bytes nor a stream nor iterable$/],
  ["a list of numbers", () => [80, 75], /content yields number/],
  ["a stream of texts", () => createReadStream(fileURLToPath(import.meta.url), "utf8"), /content yields string/],
])("the content of an upload may not be %s, with what to give", async (_kind, content, message) => {
  const { manager, filesystem } = await makeManager();

  for (const check of ["archive", "magic"] as const) {
    const upload = manager.upload("a.zip", content() as Content, { check });
    await expect(upload).rejects.toEqual(refusal("INVALID_ARGUMENT", message));
  }

  await expect(filesystem.write("a.zip", content() as Content)).rejects.toEqual(refusal("INVALID_ARGUMENT", message));
  expect(await keysOf(filesystem)).toEqual([]);
});

describe("globs", () => {
  it.each(["/cache", "!cache", "../cache", "a/../cache", "cache\\old", "/", "./"])("may not be %s", async (glob) => {
    expect(construct({ exclude: [glob] })).toThrow(refusal("CONFIG_INVALID", /^exclude: the glob/));
    const open = vi.fn();
    const extract = construct({ filesystem: open })().extract("a.zip", { to: "nowhere", select: [glob] });
    await expect(extract).rejects.toEqual(refusal("INVALID_ARGUMENT", /^cannot extract "a.zip": select: the glob/));
    expect(open).not.toHaveBeenCalled();
  });

  it("of a directory take all below it", async () => {
    const { manager } = await makeManager();
    await manager.create({ name: "a.zip" });
    const place = await temporaryDirectory();
    for (const [index, glob] of ["uploads", "uploads/", "./uploads", "uploads/**"].entries()) {
      const to = join(place, String(index));
      await manager.extract("a.zip", { to, select: [glob] });
      expect(await readTree(to), glob).toEqual({ "uploads/größe 😀.txt": "unicode" });
    }
  });

  it("cannot be a function that is async, which would take everything", async () => {
    const { manager } = await makeManager();
    await manager.create({ name: "a.zip" });
    const to = join(await temporaryDirectory(), "out");
    const selects = [
      async () => false,
      () => Promise.reject(new Error("not this one")),
    ] as unknown as (() => boolean)[];

    for (const select of selects) {
      const extract = manager.extract("a.zip", { to, select });
      await expect(extract).rejects.toEqual(refusal("INVALID_ARGUMENT", /select: it returned a promise/));
      await expect(readdir(to)).rejects.toMatchObject({ code: "ENOENT" });
    }
  });
});

it.each(["./app.db", "a//app.db", "app.db/", "a\\app.db", ".", ""])("databases: %j is no name of one", (name) => {
  const databases = { [name]: { backup: () => {} } };
  expect(construct({ databases })).toThrow(refusal("CONFIG_INVALID", /is no path in the data directory/));
});

it.each([0, 99, -1, 0.5, "15000", Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, 2 ** 40])(
  "a lockTtlMs of %s is refused: no timer waits so long",
  (lockTtlMs) => {
    expect(construct({ lockTtlMs })).toThrow(refusal("CONFIG_INVALID", /^lockTtlMs: not a whole number from 100 to/));
  },
);

it("a backup is made with the longest lockTtlMs", async () => {
  const { manager } = await makeManager({ lockTtlMs: 2 ** 31 - 1 });
  await expect(manager.create({ name: "a.zip" })).resolves.toMatchObject({ key: "a.zip" });
});

it("options that their owner changes after the constructor change nothing", async () => {
  const { dataDir, filesystem } = await makeManager();
  const options = { dataDir, filesystem, exclude: ["logs"], requiredFiles: ["data.db"], limits: { maxEntries: 10 } };
  const manager = new BackupManager(options);
  options.exclude.push("uploads");
  options.requiredFiles.push("missing.db");
  options.limits.maxEntries = 1;
  await manager.create({ name: "a.zip" });
  await writeFile(join(dataDir, "uploads", "new.txt"), "written since");

  await manager.restore("a.zip");

  expect(await readTree(dataDir)).toEqual(DATA);
});
