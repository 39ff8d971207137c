import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Filesystem, StowageError } from "@stowage/core";
import { nodeDisk } from "@stowage/core/driver";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { LocalDriver } from "../src/index.ts";
import { FailingDisk, type Fault } from "./failing-disk.ts";
import { keysOf } from "./keys-of.ts";

type Verb = (filesystem: Filesystem) => Promise<unknown>;

/** After these, a write or delete is done, whatever happens. */
const AFTER_COMMIT = ["directory.sync", "directory.close"];
/** Failures that change nothing for the caller: clean-up, and closing what was only read. */
const HARMLESS = ["directory.close", "removeFile"];

const NEW = ["new ", "content"].map((text) => Buffer.from(text));
const ERRNOS = { EIO: "UNAVAILABLE", ENOSPC: "NO_SPACE", EACCES: "PERMISSION_DENIED", ENOENT: "UNAVAILABLE" };

const WRITES: Record<string, { verb: Verb; before: Record<string, string>; after: Record<string, string> }> = {
  "a write": { verb: (it) => it.write("a", NEW), before: {}, after: { a: "new content" } },
  "a write of nothing": { verb: (it) => it.write("a", []), before: { a: "old" }, after: { a: "" } },
  "an overwrite": { verb: (it) => it.write("a", NEW), before: { a: "old" }, after: { a: "new content" } },
  "a create-only write": {
    verb: (it) => it.write("a", NEW, { ifNotExists: true }),
    before: { b: "other" },
    after: { a: "new content", b: "other" },
  },
};

for (const [name, { verb, before, after }] of Object.entries(WRITES)) {
  describe(`${name} whose nth disk call fails`, () => {
    it.each(Object.entries(ERRNOS))("leaves all as it was or done, and nothing else: %s", async (errno, code) => {
      const calls = (await run(verb, before)).calls;
      expect(calls).toContain("file.sync");
      for (let at = 1; at <= calls.length; at++) {
        const { error, files, failed, openFiles } = await run(verb, before, { at, errno });
        const step = `${failed}, call ${at}`;
        const isDone = HARMLESS.includes(failed ?? "") || AFTER_COMMIT.includes(failed ?? "");
        expect(files, step).toEqual(isDone ? after : before);
        expect(openFiles, step).toBe(0);
        if (HARMLESS.includes(failed ?? "")) expect(error, step).toBeUndefined();
        else expect(error, step).toMatchObject({ code: failed === "directory.sync" ? "UNAVAILABLE" : code, key: "a" });
      }
    });
  });
}

describe("a write", () => {
  const collect = ["createFile", "file.write", "file.write", "file.sync", "file.stat", "file.close"];

  it("syncs the bytes before it publishes them, and the name before it resolves", async () => {
    const replace = await run((it) => it.write("a", NEW), {});
    const create = await run((it) => it.write("a", NEW, { ifNotExists: true }), {});

    const confirm = ["directory.sync", "directory.close"];
    expect(replace.calls).toEqual([...collect, "openDirectory", "rename", ...confirm]);
    expect(create.calls).toEqual([...collect, "openDirectory", "link", ...confirm, "removeFile"]);
  });

  it("that is aborted at the last moment publishes nothing", async () => {
    const directory = await temporaryDirectory();
    const controller = new AbortController();
    const openDirectory: typeof nodeDisk.openDirectory = (path, options) => {
      controller.abort();
      return nodeDisk.openDirectory(path, options);
    };
    const filesystem = new Filesystem(new LocalDriver({ directory }, { ...nodeDisk, openDirectory }));
    await filesystem.open();

    const write = filesystem.write("a", NEW, { signal: controller.signal });

    await expect(write).rejects.toMatchObject({ code: "ABORTED" });
    expect(await readAll(directory)).toEqual({});
  });
});

describe("a call whose nth disk call fails", () => {
  const before = { a: "old", b: "other" };
  const verbs: Record<string, Verb> = {
    stat: (it) => it.stat("a"),
    read: async (it) => (await it.read("a")).content.toArray(),
    list: (it) => keysOf(it),
    delete: (it) => it.delete("a"),
  };

  it.each(Object.entries(verbs))("%s rejects with a code, and closes what it opened", async (name, verb) => {
    const { calls } = await run(verb, before);
    expect(calls.length).toBeGreaterThan(0);
    for (let at = 1; at <= calls.length; at++) {
      const { error, files, failed, openFiles } = await run(verb, before, { at, errno: "EIO" });
      const isClosing = failed?.endsWith(".close") ?? false;
      const isDeleted = name === "delete" && AFTER_COMMIT.includes(failed ?? "");
      expect(files, failed).toEqual(isDeleted ? { b: "other" } : before);
      expect(openFiles, failed).toBe(0);
      if (isClosing) expect(error, failed).toBeUndefined();
      else expect(error, failed).toMatchObject({ code: "UNAVAILABLE", operation: name });
    }
  });
});

/** Runs a verb on a fresh directory and an opened driver; only the calls of the verb count. */
async function run(verb: Verb, before: Record<string, string>, fault?: Fault) {
  const directory = await temporaryDirectory();
  const filesystem = new Filesystem(new LocalDriver({ directory }));
  for (const [key, text] of Object.entries(before)) await filesystem.write(key, Buffer.from(text));

  const failing = new FailingDisk(fault);
  const driver = new LocalDriver({ directory }, failing.disk);
  driver.open = async () => {};
  const error = await verb(new Filesystem(driver)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined) expect(error).toBeInstanceOf(StowageError);
  const { calls, failed, openFiles } = failing;
  return { error, calls, failed, openFiles, files: await readAll(directory) };
}

/** All that lies in the directory, hidden names too. */
async function readAll(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).sort();
  const files = names.map(async (name) => [name, await readFile(join(directory, name), "utf8")] as const);
  return Object.fromEntries(await Promise.all(files));
}
