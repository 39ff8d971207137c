import { readdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Filesystem } from "@stowage/core";
import { nodeDisk, platformOf } from "@stowage/core/driver";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { type LocalDisk, LocalDriver } from "../src/index.ts";

const WINDOWS_NAMES = (name: string) => (/[:?]|\.$/.test(name) ? ("name-stream" as const) : undefined);

const pause = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A disk that takes names for one that differ in case alone, and has no file called "a:b". */
function foldingDisk({ tellsPlaces = true } = {}): LocalDisk {
  const onDisk = (path: string) => {
    const name = readdirSync(dirname(path)).find((each) => each.toLowerCase() === basename(path).toLowerCase());
    return name === undefined ? path : join(dirname(path), name);
  };
  return {
    ...nodeDisk,
    platform: { ...platformOf(nodeDisk), hasAliases: true, nameProblem: WINDOWS_NAMES },
    lstatExactly: (path) => nodeDisk.lstatExactly(onDisk(path)),
    openFile: (path) => nodeDisk.openFile(onDisk(path)),
    removeFile: (path) => nodeDisk.removeFile(onDisk(String(path))),
    rename: (from, to) => nodeDisk.rename(from, onDisk(String(to))),
    link: (from, to) => nodeDisk.link(from, onDisk(to)),
    realPath: async (path) => {
      await nodeDisk.lstat(onDisk(path)).finally(pause); // so that others can do something before it is heard
      if (tellsPlaces) return onDisk(path);
      throw Object.assign(new Error("UNKNOWN: the path is too long"), { code: "UNKNOWN" });
    },
  };
}

describe.each([true, false])("where the disk folds case (it tells how a name is written: %s)", (tellsPlaces) => {
  const made = async () => {
    const directory = await temporaryDirectory();
    return { directory, filesystem: new Filesystem(new LocalDriver({ directory }, foldingDisk({ tellsPlaces }))) };
  };

  it("a key is never taken for another one", async () => {
    const { filesystem } = await made();
    await filesystem.write("backup.zip", [Buffer.from("mine")]);

    await expect(filesystem.stat("Backup.zip")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(filesystem.read("Backup.zip")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await filesystem.delete("Backup.zip");
    expect(await filesystem.stat("backup.zip")).toMatchObject({ size: 4 });
  });

  it.each([true, false])("a write of a twin is refused, and changes nothing (create-only: %s)", async (ifNotExists) => {
    const { directory, filesystem } = await made();
    await filesystem.write("backup.zip", [Buffer.from("mine")]);

    await expect(filesystem.write("BACKUP.zip", [Buffer.from("another")], { ifNotExists })).rejects.toMatchObject({
      code: "INVALID_KEY",
    });
    expect(await filesystem.stat("backup.zip")).toMatchObject({ size: 4 });
    expect(await readdir(directory)).toEqual(["backup.zip"]);
    await filesystem.write("backup.zip", [Buffer.from("replaced")]);
    expect(await filesystem.stat("backup.zip")).toMatchObject({ size: 8 });
  });
});

it("of twins that are written at once by any handle one is stored", async () => {
  const directory = await temporaryDirectory();
  const handles = [1, 2].map(() => new Filesystem(new LocalDriver({ directory }, foldingDisk())));

  const keys = ["a", "A", "b", "B", "a", "c"];
  const writes = keys.map((key, index) => handles[index % 2]?.write(key, [Buffer.from(key)]));
  const settled = await Promise.allSettled(writes);

  const listed = await readdir(directory);
  expect(listed.map((key) => key.toLowerCase()).sort()).toEqual(["a", "b", "c"]);
  for (const [index, { status }] of settled.entries()) {
    expect(status === "fulfilled").toBe(listed.includes(keys[index] ?? ""));
  }
});

it("a key that is no file name is refused by a write, and found by nothing", async () => {
  const directory = await temporaryDirectory();
  const filesystem = new Filesystem(new LocalDriver({ directory }, foldingDisk()));

  await expect(filesystem.write("a:b", [Buffer.from("x")])).rejects.toMatchObject({ code: "INVALID_KEY" });
  await expect(filesystem.stat("a:b")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(filesystem.read("a:b")).rejects.toMatchObject({ code: "NOT_FOUND" });
  await filesystem.delete("a:b");
  expect(await readdir(directory)).toEqual([]);
});
