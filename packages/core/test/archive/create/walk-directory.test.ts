import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, onTestFinished, test } from "vitest";
import { type Walk, type WalkOptions, walkDirectory } from "../../../src/archive/create/walk-directory.ts";
import { excluding } from "../../../src/archive/left-out/exclusions.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { faultyDisk } from "../../disk/faulty-disk.ts";
import { noSignal } from "../archives.ts";
import { directoryOf } from "../trees.ts";

function walk(root: string, changes: Partial<WalkOptions> = {}): Promise<Walk> {
  return walkDirectory(root, {
    disk: nodeDisk,
    signal: noSignal,
    onUnreadable: "fail",
    isExcluded: excluding([]),
    ...changes,
  });
}

const namesOf = ({ entries }: Walk) => entries.map((entry) => entry.name);

test("entries come in the order of the UTF-8 bytes of their names", async () => {
  const root = await directoryOf({
    "a/z": "",
    "a/b/c": "",
    "a.txt": "",
    "a-": "",
    "\u{1f600}": "",
    "\ufb01": "",
    é: "",
    z: "",
    Z: "",
  });

  const names = namesOf(await walk(root));

  expect(names).toEqual(names.toSorted((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))));
  expect(names).toEqual(["Z", "a-", "a.txt", "a/", "a/b/", "a/b/c", "a/z", "z", "é", "\ufb01", "\u{1f600}"]);
});

test("excluded directories are not even read", async () => {
  const root = await directoryOf({ ".stowage/old": "x", "cache/a/b": "x", "data.db": "12345" });
  const { disk, calls } = faultyDisk(nodeDisk);

  const found = await walk(root, { disk, isExcluded: excluding(["cache"]) });

  expect(namesOf(found)).toEqual(["data.db"]);
  expect(found.skipped).toEqual([]);
  expect(found.size).toBe(5);
  expect(calls.filter((call) => /stowage\/|cache/.test(call))).toEqual([]);
});

test("links, FIFOs, sockets and devices are skipped and reported, and never opened", async () => {
  const root = await directoryOf({ "dir/file": "x" });
  await symlink("/nowhere", join(root, "dangling"));
  await symlink("dir", join(root, "linked"));
  execFileSync("mkfifo", [join(root, "fifo")]);
  const server = createServer().listen(join(root, "socket"));
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));

  const found = await walk(root);

  expect(namesOf(found)).toEqual(["dir/", "dir/file"]);
  expect(found.skipped).toEqual([
    { name: "dangling", reason: "symlink" },
    { name: "fifo", reason: "fifo" },
    { name: "linked", reason: "symlink" },
    { name: "socket", reason: "socket" },
  ]);
});

test("names that no restore would write fail the walk, with a list of at most ten", async () => {
  const root = await temporaryDirectory();
  for (let index = 0; index < 12; index += 1) await writeFile(join(root, `back\\slash${index}`), "");
  await writeFile(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0x61, 0xff])]), "");
  await writeFile(join(root, "line\nbreak"), "");

  const failure = await walk(root).catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: "SOURCE_UNREADABLE" });
  expect(String(failure)).toContain("14 entries");
  expect(String(failure)).toContain('"back\\\\slash0" (name-backslash)');
  expect(String(failure)).toContain("and 4 more");
});

test("such names are skipped by option, and a glob can leave them out", async () => {
  const root = await directoryOf({ "bad\\name": "", fine: "" });

  expect((await walk(root, { onUnreadable: "skip" })).skipped).toEqual([{ name: "bad\\name", reason: "unsafe-name" }]);
  expect(namesOf(await walk(root, { isExcluded: excluding(["bad*"]) }))).toEqual(["fine"]);
});

test("a root that is missing, a file or a dangling link is CONFIG_INVALID", async () => {
  const root = await directoryOf({ file: "" });
  await symlink("/nowhere", join(root, "link"));

  for (const name of ["missing", "file", "link"]) {
    await expect(walk(join(root, name))).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("dataDir"),
    });
  }
});

test("a root that is a link to a directory is walked", async () => {
  const root = await directoryOf({ "real/a": "" });
  await symlink("real", join(root, "link"));

  expect(namesOf(await walk(join(root, "link")))).toEqual(["a"]);
});

test.each(["readDirectory", "lstat"])("a directory that %s cannot see fails the walk or is skipped", async (method) => {
  const root = await directoryOf({ "closed/a": "", open: "" });
  await mkdir(join(root, "closed", "b"));
  await chmod(join(root, "closed"), 0o700);
  const denied = Object.assign(new Error("denied"), { code: "EACCES" });
  const before = (call: string) => {
    if (call === `${method} ${root}/closed`) throw denied;
  };
  const { disk } = faultyDisk(nodeDisk, { before });

  await expect(walk(root, { disk })).rejects.toMatchObject({
    code: "SOURCE_UNREADABLE",
    message: expect.stringContaining("closed"),
  });
  const found = await walk(root, { disk, onUnreadable: "skip" });
  expect(namesOf(found)).toEqual(["open"]);
  expect(found.skipped).toEqual([{ name: method === "lstat" ? "closed" : "closed/", reason: "unreadable" }]);
});

test("what vanishes during the walk is reported", async () => {
  const root = await directoryOf({ "gone/a": "", "gone.txt": "", stays: "" });
  const before = (call: string) => {
    const vanishes = call === `lstat ${root}/gone.txt` || call === `readDirectory ${root}/gone`;
    if (vanishes) throw Object.assign(new Error("gone"), { code: "ENOENT" });
  };
  const { disk } = faultyDisk(nodeDisk, { before });

  const found = await walk(root, { disk });

  expect(namesOf(found)).toEqual(["stays"]);
  expect(found.skipped).toEqual([
    { name: "gone.txt", reason: "vanished" },
    { name: "gone/", reason: "vanished" },
  ]);
});

test("an aborted walk throws an AbortError", async () => {
  const root = await directoryOf({ a: "" });

  await expect(walk(root, { signal: AbortSignal.abort("stop") })).rejects.toMatchObject({
    name: "AbortError",
    cause: "stop",
  });
});

test("every failing disk call fails the walk with its error", async () => {
  const root = await directoryOf({ "a/b": "", c: "" });
  const watched = faultyDisk(nodeDisk);
  await walk(root, { disk: watched.disk });

  for (let failAt = 1; failAt <= watched.calls.length; failAt += 1) {
    const error = new Error("the disk caught fire");
    await expect(walk(root, { disk: faultyDisk(nodeDisk, { failAt, error }).disk })).rejects.toBe(error);
  }
});
