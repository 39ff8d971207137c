import { lstat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { makeDirectories } from "../../src/disk/make-directories.ts";
import { canMount, mountOn } from "../restore/real-mounts.ts";

describe("makeDirectories", () => {
  it("returns the outermost directory that it made", async () => {
    const directory = await temporaryDirectory();

    expect(await makeDirectories(join(directory, "a/b/c"))).toBe(join(directory, "a"));
    expect(await makeDirectories(join(directory, "a/b/c"))).toBeUndefined();
    expect((await lstat(join(directory, "a/b/c"))).mode & 0o777).toBe(0o700);
  });

  it("says what is in the way", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "file"), "");

    await expect(makeDirectories(join(directory, "file"))).rejects.toMatchObject({ code: "EEXIST" });
    await expect(makeDirectories(join(directory, "file/a/b"))).rejects.toMatchObject({ code: "ENOTDIR" });
  });

  it.skipIf(!canMount()).each(["a", "a/b/c"])("says that the file system is read-only, for %j", async (name) => {
    const directory = join(await temporaryDirectory(), "mount");
    mountOn(directory, await temporaryDirectory(), { isReadOnly: true });

    await expect(makeDirectories(join(directory, name))).rejects.toMatchObject({ code: "EROFS" });
  });
});
