import { renameSync, symlinkSync, writeFileSync } from "node:fs";
import { lstat, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { makeManager } from "./manager-fixture.ts";

const DATA = { a: "first", "b/c": "second", "b/large": "0123456789".repeat(300_000), "d/": "" };
const OUTSIDE = { kept: "not ours", "b/own": "neither" };

describe("the target of an extract that somebody replaces", () => {
  it.each([
    ["by a link, at the first progress", "link", ""],
    ["by a link, before the first file", "link", "createFile"],
    ["by a link, before the large file", "link", "createFile .*large"],
    ["by a link, before a directory gets its time", "link", "setModifiedAt"],
    ["by another directory, at the first progress", "directory", ""],
    ["by nothing, at the first progress", "nothing", ""],
    ["by nothing, before the first file", "nothing", "createFile"],
  ])("gets nothing %s", async (_when, what, at) => {
    for (const isThere of [false, true]) {
      const { to, aside, outside, extract } = await swapping({ what, at, isThere });

      await expect(extract()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });

      expect(await readTree(outside)).toEqual(OUTSIDE);
      expect(await readdir(aside)).toEqual([]);
      if (what === "link") expect((await lstat(to)).isSymbolicLink()).toBe(true);
      if (what === "directory") expect(await readTree(to)).toEqual(OUTSIDE);
      if (what === "nothing") await expect(lstat(to)).rejects.toMatchObject({ code: "ENOENT" });
    }
  });

  it("is found out where it happens after the last file", async () => {
    const { outside, extract } = await swapping({ what: "directory", at: "setModifiedAt", isThere: true });

    await expect(extract()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });

    expect(await readTree(outside)).toEqual(OUTSIDE);
  });
});

it("the target of an extract may be reached by a link that was there before", async () => {
  const { manager } = await makeManager({ data: DATA });
  await manager.create({ name: "a.zip" });
  const scratch = await temporaryDirectory();
  await mkdir(join(scratch, "real"));
  await symlink("real", join(scratch, "link"));

  await manager.extract("a.zip", { to: join(scratch, "link/out") });
  await manager.extract("a.zip", { select: ["a"], to: join(scratch, "link/out/d") });

  expect(await readTree(join(scratch, "real/out"))).toEqual({
    a: DATA.a,
    "b/c": DATA["b/c"],
    "b/large": DATA["b/large"],
    "d/a": DATA.a,
  });
});

it("what lies in a target by the time that it is cleared, and is of no entry, stays", async () => {
  const { to, extract } = await swapping({ what: "file", at: "createFile .*large", isThere: true });

  await expect(extract()).rejects.toMatchObject({ code: "PERMISSION_DENIED" });

  expect(await readTree(to)).toEqual({ later: "somebody else's" });
});

/** An extract during which its target is moved aside, once, and something else takes its place. */
async function swapping({ what, at, isThere }: { what: string; at: string; isThere: boolean }) {
  const { manager, filesystem, dataDir } = await makeManager({ data: DATA });
  await manager.create({ name: "a.zip" });
  const scratch = await temporaryDirectory();
  const [to, aside, outside, other] = [`${scratch}/to`, `${scratch}/aside`, `${scratch}/outside`, `${scratch}/other`];
  for (const place of [outside, other]) await writeTree(place, OUTSIDE);
  if (isThere) await mkdir(to);
  let isSwapped = false;
  const swap = () => {
    if (isSwapped) return;
    isSwapped = true;
    if (what === "file") throw failsBeside(to);
    renameSync(to, aside);
    if (what === "link") symlinkSync(outside, to);
    if (what === "directory") renameSync(other, to);
  };
  const before = (call: string) => {
    if (at !== "" && new RegExp(`^${at}`).test(call)) swap();
  };
  const { disk } = faultyDisk(nodeDisk, { before });
  const extracting = new BackupManager({ dataDir, filesystem, disk });
  const onProgress = () => {
    if (at === "") swap();
  };
  return { to, aside, outside, extract: () => extracting.extract("a.zip", { to, onProgress }) };
}

/** A failure of the disk, just when somebody else has put a file there. */
function failsBeside(to: string): Error {
  writeFileSync(`${to}/later`, "somebody else's");
  return Object.assign(new Error("EACCES"), { code: "EACCES" });
}
