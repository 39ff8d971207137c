import { mkdir, readdir, rename, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Filesystem } from "@stowage/core";
import { nodeDisk } from "@stowage/core/driver";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { LocalDriver, localFilesystem } from "../src/index.ts";
import { diskError, FailingDisk } from "./failing-disk.ts";
import { keysOf } from "./keys-of.ts";

describe("the directory", () => {
  it("is made with its parents, for its owner alone", async () => {
    const directory = join(await temporaryDirectory(), "a", "b");

    await localFilesystem({ directory }).open();

    for (const path of [directory, dirname(directory)]) expect((await stat(path)).mode & 0o777).toBe(0o700);
  });

  it("is BUCKET_NOT_FOUND if it is missing and not to be created, and nothing is made until it is there", async () => {
    const parent = await temporaryDirectory();
    const filesystem = localFilesystem({ directory: join(parent, "mount/backups"), create: false });

    await expect(filesystem.open()).rejects.toMatchObject({
      code: "BUCKET_NOT_FOUND",
      message: expect.stringContaining("mounted"),
    });
    await expect(filesystem.write("a.zip", Buffer.from("a"))).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
    expect(await readdir(parent)).toEqual([]);

    await mkdir(join(parent, "mount/backups"), { recursive: true });
    await filesystem.write("a.zip", Buffer.from("a"));
    expect(await readdir(join(parent, "mount/backups"))).toEqual(["a.zip"]);
  });

  it("is CONFIG_INVALID if it is a file and not to be created, and so is another value of that option", async () => {
    const file = join(await temporaryDirectory(), "file");
    await writeFile(file, "");

    await expect(localFilesystem({ directory: file, create: false }).open()).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
    expect(() => localFilesystem({ directory: file, create: "no" as never })).toThrowError(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining("create") }),
    );
  });

  it("is synced into its parents, also when it was there", async () => {
    const directory = join(await temporaryDirectory(), "a", "b");
    const [made, found] = [new FailingDisk(), new FailingDisk()];
    await new LocalDriver({ directory }, made.disk).open();
    await new LocalDriver({ directory }, found.disk).open();

    const isSync = (call: string) => call === "directory.sync";
    expect(made.calls.filter(isSync)).toHaveLength(3); // b in a, a in its parent, and that one, which was there
    expect(found.calls.filter(isSync)).toHaveLength(1);
  });

  it("may lie in one that may be entered but not read", async () => {
    const directory = await temporaryDirectory();
    const openDirectory = () => Promise.reject(diskError("EACCES", "open"));
    await new LocalDriver({ directory }, { ...nodeDisk, openDirectory }).open();
  });

  it("may be made by another process at the same time", async () => {
    const directory = join(await temporaryDirectory(), "a");
    const makeDirectory: typeof nodeDisk.makeDirectory = async (path) => {
      await mkdir(path);
      throw diskError("EEXIST", "mkdir");
    };
    await new LocalDriver({ directory }, { ...nodeDisk, makeDirectory }).open();
  });

  it("may be reached through a symlink", async () => {
    const parent = await temporaryDirectory();
    await mkdir(join(parent, "real"));
    await symlink("real", join(parent, "alias"));
    const filesystem = localFilesystem({ directory: join(parent, "alias") });

    await filesystem.write("a", Buffer.from("x"));

    expect(await keysOf(filesystem)).toEqual(["a"]);
    expect(await readdir(join(parent, "real"))).toEqual(["a"]);
  });

  it("is known as an absolute path", () => {
    expect(localFilesystem({ directory: "backups" }).directory).toBe(resolve("backups"));
  });

  it.each(["", "a\0b", undefined])("is refused if it is not a path: %j", (directory) => {
    const options = { directory } as { directory: string };
    expect(() => new LocalDriver(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it("is refused with an option that there is not, and the one that is meant is named", () => {
    const options = { directory: "x", creat: false } as { directory: string };
    expect(() => new LocalDriver(options)).toThrow("creat: no such option; did you mean create?");
  });

  it.each(["file", "file/below"])("is refused if it is no directory: %s", async (name) => {
    const parent = await temporaryDirectory();
    await writeFile(join(parent, "file"), "");

    const opening = localFilesystem({ directory: join(parent, name) }).open();

    await expect(opening).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("directory:"),
    });
  });

  it("that cannot be read fails the open", async () => {
    const disk = { ...nodeDisk, readLatin1Names: () => Promise.reject(diskError("EACCES", "readdir")) };
    const opening = new Filesystem(new LocalDriver({ directory: await temporaryDirectory() }, disk)).open();

    await expect(opening).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });

  it("that vanished is not mistaken for missing objects", async () => {
    const directory = join(await temporaryDirectory(), "objects");
    const filesystem = localFilesystem({ directory });
    await filesystem.write("a", Buffer.from("x"));
    await rm(directory, { recursive: true });

    const gone = { code: "BUCKET_NOT_FOUND" };
    await expect(filesystem.stat("a")).rejects.toMatchObject(gone);
    await expect(filesystem.exists("a")).rejects.toMatchObject(gone);
    await expect(filesystem.read("a")).rejects.toMatchObject(gone);
    await expect(filesystem.write("a", Buffer.from("x"))).rejects.toMatchObject(gone);
    await expect(filesystem.delete("a")).rejects.toMatchObject(gone);
    await expect(keysOf(filesystem)).rejects.toMatchObject(gone);
  });
});

describe("an object", () => {
  it("is a file for its owner alone", async () => {
    const directory = await temporaryDirectory();
    const previous = process.umask(0);
    try {
      await localFilesystem({ directory }).write("a", Buffer.from("x"));
    } finally {
      process.umask(previous);
    }
    expect((await stat(join(directory, "a"))).mode & 0o777).toBe(0o600);
  });

  it("that shrinks while it is read ends in an error", async () => {
    const directory = await temporaryDirectory();
    const filesystem = localFilesystem({ directory });
    await filesystem.write("a", Buffer.alloc(4 * 1_024 * 1_024));
    const { content } = await filesystem.read("a");

    await truncate(join(directory, "a"), 1_000);

    await expect(content.toArray()).rejects.toMatchObject({ code: "SIZE_MISMATCH" });
  });

  it.each(["returns", "is aborted"])("is closed when its reader leaves without a byte: %s", async (how) => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "a"), "x");
    const failing = new FailingDisk();
    const controller = new AbortController();
    const { content } = await new LocalDriver({ directory }, failing.disk).read("a", { signal: controller.signal });

    if (how === "is aborted") controller.abort();
    else await content[Symbol.asyncIterator]().return?.();

    expect(failing.openFiles).toBe(0);
    if (how === "is aborted")
      await expect(content[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("keeps its etag while it lies there, and gets another one when it is replaced", async () => {
    const directory = await temporaryDirectory();
    const filesystem = localFilesystem({ directory });
    const { etag } = await filesystem.write("a", Buffer.from("one"), { ifNotExists: true });
    await rename(join(directory, "a"), join(directory, "b"));
    expect((await filesystem.stat("b")).etag).toBe(etag);

    await filesystem.write("b", Buffer.from("two"));
    expect((await filesystem.stat("b")).etag).not.toBe(etag);
  });

  it("is stored where directories cannot be synced", async () => {
    const disk = { ...nodeDisk, openDirectory: async (path: string) => unsyncable(path) };
    const filesystem = new Filesystem(new LocalDriver({ directory: await temporaryDirectory() }, disk));

    await filesystem.write("a", Buffer.from("x"));

    expect(await filesystem.exists("a")).toBe(true);
  });
});

async function unsyncable(path: string) {
  const directory = await nodeDisk.openDirectory(path);
  return { ...directory, sync: () => Promise.reject(diskError("EINVAL", "fsync")) };
}
