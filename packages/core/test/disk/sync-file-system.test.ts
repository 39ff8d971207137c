import { statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, onTestFinished, test, vi } from "vitest";
import { bufferReader } from "../../src/archive/archive-reader.ts";
import { extractEntries } from "../../src/archive/extract/extract-entries.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { prefersFileSystemSync, syncFileSystem } from "../../src/disk/sync-file-system.ts";
import { archiveOf, judged, noSignal } from "../archive/archives.ts";
import { directoryOf } from "../archive/trees.ts";
import { faultyDisk } from "./faulty-disk.ts";

const EXT4 = 0xef53;
const TMPFS = 0x0102_1994;
const isLinux = process.platform === "linux";

test.runIf(isLinux)("a file system of which nobody knows how it syncs is not synced at once", async () => {
  expect(await prefersFileSystemSync("/proc", 1_000_000)).toBe(false);
});

test.runIf(isLinux)("many files on ext4 are synced at once, few are not", async ({ skip }) => {
  const { type } = await statfs(tmpdir());
  if (type !== EXT4) skip(`${tmpdir()} is not on ext4`);

  expect(await prefersFileSystemSync(tmpdir(), 1_000)).toBe(true);
  expect(await prefersFileSystemSync(tmpdir(), 10)).toBe(false);
  await syncFileSystem(tmpdir());
});

test.runIf(isLinux).each([
  ["of BusyBox, which tells no error", "echo BusyBox v1.37.0", false],
  ["of uutils", "echo 'sync (uutils coreutils) 0.0.20'", false],
  ["that does not know the question", "exit 1", false],
  ["of GNU coreutils", "echo 'sync (GNU coreutils) 9.1'", true],
])("a sync %s is trusted or not", async (_, script, isTrusted) => {
  const directory = await temporaryDirectory();
  const { type } = await statfs(directory);
  await writeFile(join(directory, "sync"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv("PATH", directory);
  onTestFinished(() => void vi.unstubAllEnvs());

  expect(await prefersFileSystemSync(directory, 1_000)).toBe(isTrusted && [EXT4, TMPFS].includes(type));
});

test("a sync of a file system that fails is an error of the disk", async () => {
  const missing = join(await temporaryDirectory(), "missing");

  await expect(syncFileSystem(missing)).rejects.toMatchObject({ code: "EIO", syscall: "syncfs" });
});

test("an extraction that is synced at once is so behind its last change, and syncs nothing else", async () => {
  const { bytes } = await archiveOf(await directoryOf({ "a/b.txt": "b", "c.txt": "c" }));
  const { entries } = await judged(bytes);
  const { disk, calls } = faultyDisk({
    ...nodeDisk,
    prefersFileSystemSync: async () => true,
    syncFileSystem: async () => {},
  });
  const directory = await temporaryDirectory();

  await extractEntries(bufferReader(bytes), entries, { directory, disk, signal: noSignal, durable: true });

  expect(calls.filter((call) => /sync/i.test(call))).toEqual([
    `prefersFileSystemSync ${directory}`,
    `syncFileSystem ${directory}`,
  ]);
  expect(calls.at(-1)).toBe(`syncFileSystem ${directory}`);
});
