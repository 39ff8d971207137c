import { lstatSync } from "node:fs";
import { chmod, lstat, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it, test } from "vitest";
import { nodeDiskOn } from "../../src/disk/node-disk.ts";
import { nodeThreadDiskOn } from "../../src/disk/node-thread-disk.ts";
import { pathBelow, withSlashes } from "../../src/disk/path-below.ts";
import { LINUX, MACOS, PLATFORM, WINDOWS } from "../../src/disk/platform.ts";
import { translated } from "../../src/disk/stat-calls.ts";
import { tryAgain, tryAgainNow } from "../../src/disk/try-again.ts";

test.each([
  ["a/b.txt", undefined],
  ["console.log", undefined],
  ["com/lpt.txt", undefined],
  ["COM10", undefined],
  [".hidden", undefined],
  ["größe 😀", undefined],
  ["a:b", "name-stream"],
  ["deep/a:b:$DATA", "name-stream"],
  ["what?", "name-forbidden-character"],
  ["a*", "name-forbidden-character"],
  ["<a>", "name-forbidden-character"],
  ['"a"', "name-forbidden-character"],
  ["a|b", "name-forbidden-character"],
  ["a\u0007", "name-forbidden-character"],
  ["a\\b", "name-forbidden-character"],
  ["x.", "name-trailing-dot-or-blank"],
  ["dir /x", "name-trailing-dot-or-blank"],
  ["CON", "name-device"],
  ["nul.txt", "name-device"],
  ["deep/Aux", "name-device"],
  ["COM1.tar.gz", "name-device"],
  ["lpt\u00b2", "name-device"],
  ["CONIN$", "name-device"],
  ["prn .txt", "name-device"],
  ["a".repeat(256), "name-component-too-long"],
])("Windows has for the name %j: %s", (name, problem) => {
  expect(WINDOWS.nameProblem(name)).toBe(problem);
  expect(LINUX.nameProblem(name)).toBeUndefined();
  expect(MACOS.nameProblem(name)).toBeUndefined();
});

describe("a call that finds a file in use", () => {
  const failing = (times: number, code: string) => {
    let calls = 0;
    return {
      count: () => calls,
      call: () => {
        calls += 1;
        if (calls <= times) throw Object.assign(new Error(code), { code });
        return "done";
      },
    };
  };

  it.each(["EPERM", "EBUSY", "EACCES"])("is made again after %s, where that may pass", async (code) => {
    const [one, other] = [failing(3, code), failing(3, code)];

    expect(await tryAgain(WINDOWS, async () => one.call())).toBe("done");
    expect(tryAgainNow(WINDOWS, other.call)).toBe("done");
    expect([one.count(), other.count()]).toEqual([4, 4]);
  });

  it.each([
    ["ENOENT", WINDOWS],
    ["EBUSY", LINUX],
    ["EPERM", MACOS],
  ])("is made once for %s, or where it would not pass", async (code, platform) => {
    const [one, other] = [failing(1, code), failing(1, code)];

    await expect(tryAgain(platform, async () => one.call())).rejects.toMatchObject({ code });
    expect(() => tryAgainNow(platform, other.call)).toThrow(code);
    expect([one.count(), other.count()]).toEqual([1, 1]);
  });

  it("is given up in the end, with what the system says", async () => {
    const platform = { busyMs: 50 };

    await expect(tryAgain(platform, async () => failing(1_000, "EBUSY").call())).rejects.toMatchObject({
      code: "EBUSY",
    });
    expect(() => tryAgainNow(platform, () => failing(1_000, "EBUSY").call())).toThrow("EBUSY");
  });

  it("is given up at once where there is no hope", async () => {
    const hopeless = new Error("a directory has the name");
    const { call, count } = failing(1_000, "EPERM");
    const platform = { busyMs: Number.POSITIVE_INFINITY };

    const tried = tryAgain(
      platform,
      async () => call(),
      () => Promise.reject(hopeless),
    );

    await expect(tried).rejects.toBe(hopeless);
    expect(count()).toBe(1);
  });

  it("is not made again where a directory has the name", async () => {
    const directory = await temporaryDirectory();
    await writeTree(directory, { file: "x", "there/": "" });
    const disk = nodeDiskOn({ ...WINDOWS, busyMs: Number.POSITIVE_INFINITY });

    await expect(disk.rename(join(directory, "file"), join(directory, "there"))).rejects.toMatchObject({
      code: "EISDIR",
    });
  });
});

describe("a disk without O_NOFOLLOW", () => {
  it("follows no link when it opens", async () => {
    const directory = await temporaryDirectory();
    await writeTree(directory, { file: "x", "inner/a": "y" });
    await symlink("file", join(directory, "to-file"));
    await symlink("inner", join(directory, "to-inner"));
    const disk = nodeDiskOn(WINDOWS);

    await expect(disk.openFile(join(directory, "to-file"))).rejects.toMatchObject({ code: "ELOOP" });
    await expect(disk.openDirectory(join(directory, "to-inner"))).rejects.toMatchObject({ code: "ELOOP" });
    await expect(disk.openDirectory(join(directory, "file"))).rejects.toMatchObject({ code: "ENOTDIR" });
    expect(() => nodeThreadDiskOn(WINDOWS).openFile(join(directory, "to-file"))).toThrow("ELOOP");
    const inner = await disk.openDirectory(join(directory, "to-inner"), { followsLink: true });
    expect((await inner.readNames()).map(String)).toEqual(["a"]);
    await inner.close();
  });

  it("makes nothing where a link came in the way", async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, "real"));
    await symlink("real", join(directory, "link"));
    const disk = nodeDiskOn(WINDOWS);

    await expect(disk.makeDirectory(join(directory, "link/a"), { isReal: true })).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
    });
    await disk.makeDirectory(join(directory, "real/a"), { isReal: true });
  });
});

test("Windows has no sync of a directory, and no modes", async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, "file"), "");
  await chmod(join(directory, "file"), 0o600);
  const disk = nodeDiskOn(WINDOWS);

  await disk.syncDirectory(join(directory, "missing"));
  await expect(nodeDiskOn(MACOS).syncDirectory(join(directory, "missing"))).rejects.toMatchObject({ code: "ENOENT" });
  await disk.setMode(join(directory, "file"), 0o777);
  expect((await lstat(join(directory, "file"))).mode & 0o777).toBe(0o600);
  expect(await disk.prefersFileSystemSync(directory, 1_000_000)).toBe(false);
  expect(await nodeDiskOn(MACOS).prefersFileSystemSync(directory, 1_000_000)).toBe(false);
});

test("what Node says of files of Windows becomes what an archive can hold, and what can be compared", async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, "file"), "12345");
  const of = (changes: object) =>
    translated(Object.assign(lstatSync(join(directory, "file"), { bigint: true }), changes));

  expect(of({ mode: 0o100666n }).mode).toBe(0o100644);
  expect(of({ mode: 0o100444n }).mode).toBe(0o100444);
  expect(of({ mode: 0o040666n }).mode).toBe(0o040755);
  expect(of({ mode: 0o040666n }).isDirectory()).toBe(true);
  expect(structuredClone(of({}))).toMatchObject({ size: 5 });
  expect(of({ dev: 0xabcd_0000_1234n }).dev).toBe(0x1234);
  expect(of({ ino: 77n }).ino).toBe(77);
  // Two neighbours in the table of a volume, whose numbers are one when they are rounded.
  const [one, other] = [of({ ino: 0x1000_0000_0000_0001n }).ino, of({ ino: 0x1000_0000_0000_0002n }).ino];
  expect(one).not.toBe(other);
  expect(Number.isSafeInteger(one)).toBe(true);
});

test("a path and a name have the separators of the system and of archives", () => {
  expect(pathBelow("/data", "a/b")).toBe("/data/a/b");
  expect(withSlashes("logs\\app", WINDOWS)).toBe("logs/app");
  expect(withSlashes("logs\\*", LINUX)).toBe("logs\\*");
  expect(PLATFORM).toBe({ linux: LINUX, darwin: MACOS, win32: WINDOWS }[process.platform as string] ?? PLATFORM);
});
