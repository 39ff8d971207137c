import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, rmdir, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Filesystem, type FilesystemDriver } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertObject } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { KIB, nextTurn, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { countDescriptors } from "../../case/held-resources.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";
import { fileCallsOf } from "./file-calls.ts";

/** Failures of the driver itself, which a wrapper above it cannot show. */
export const openAgainCases: readonly ContractCase[] = [
  {
    id: "open/driver-opens-again-after-an-abort",
    title: "a driver whose open was aborted, at whatever moment, opens when it is called again",
    tier: "fast",
    run: async (context) => {
      for (const turns of [-1, 0, 1, 3, 10]) {
        const { driver } = context.namespace.open();
        if (!(await abortedOpen(driver, turns))) await driver.open({ signal: new AbortController().signal });
        await assertWorks(context, driver);
      }
    },
  },
  {
    id: "open/driver-opens-again-after-a-failure",
    title: "a driver that could not use its directory opens when it is called again, once it can",
    tier: "fast",
    run: async (context) => {
      const { driver } = context.namespace.open();
      const { signal } = new AbortController();
      const attempt = () => driver.open({ signal }).then(opened, failed);
      const hasOpened = await whileNoDirectory(driver.directory, async () => {
        if (await attempt()) return true;
        assertEqual(
          await attempt(),
          false,
          "whether a second open resolves while a file lies where the directory belongs",
        );
        return false;
      });
      if (hasOpened) return;
      await driver.open({ signal });
      await assertWorks(context, driver);
    },
  },
  {
    id: "open/directory-holds-the-objects",
    title: "the directory that a driver names, and each if it names several, is one in which the objects lie",
    tier: "fast",
    run: async (context) => {
      const { driver } = context.filesystem;
      const { directory, directories = directory === undefined ? [] : [directory] } = driver;
      assert.ok(directory === undefined || directories.includes(directory), "the directory is one of the directories");
      await context.filesystem.open();
      const before = await Promise.all(directories.map(sizeOf));
      await context.filesystem.write(context.key("a"), context.bytes(OBJECT_SIZE));
      for (const [index, path] of directories.entries()) {
        const more = (await sizeOf(path)) - (before[index] ?? 0);
        assert.ok(more >= OBJECT_SIZE, `the files in it hold ${more} bytes more, with an object of ${OBJECT_SIZE}`);
      }
    },
  },
  {
    id: "open/constructing-does-no-io",
    title: "making a handle connects to nothing, opens no file, and neither makes a directory nor looks at it",
    tier: "fast",
    isExclusive: true,
    run: async (context) => {
      const before = { connections: countConnections(), descriptors: countDescriptors() };
      const handles = Array.from({ length: 8 }, () => context.track(context.namespace.open()));
      for (let turn = 0; turn < 3; turn++) {
        const more = Math.max(countConnections() - before.connections, countDescriptors() - before.descriptors);
        assert.ok(
          more < handles.length / 2,
          `${handles.length} handles have ${more} sockets or files before the first call`,
        );
        await nextTurn();
      }
      const { directory } = handles[0] ?? context.filesystem;
      if (!directory) return;
      const isThere = await isMade(directory, () => context.track(context.namespace.open()));
      assertEqual(isThere, false, "whether making a handle makes its directory");
      const calls = fileCallsOf(directory, () => context.track(context.namespace.open()));
      assertEqual(calls, [], "the functions by which making a handle looks at its directory");
    },
  },
];

/** Bytes that nothing compresses. */
const OBJECT_SIZE = 20 * KIB;

const opened = () => true;
const failed = () => false;

/** Says whether the driver opened all the same. */
async function abortedOpen(driver: FilesystemDriver, turns: number): Promise<boolean> {
  const controller = new AbortController();
  if (turns < 0) controller.abort(new Error("never mind"));
  const opening = driver.open({ signal: controller.signal }).then(opened, failed);
  for (let turn = 0; turn < turns; turn++) await nextTurn();
  controller.abort(new Error("changed my mind"));
  return opening;
}

/** Uses an open driver, and closes it. */
async function assertWorks(context: CaseContext, driver: FilesystemDriver): Promise<void> {
  const filesystem = new Filesystem(wrapDriver(driver, { open: async () => {} }));
  const key = context.key("a");
  try {
    await filesystem.write(key, textBytes("a"));
    await assertObject(filesystem, key, textBytes("a"));
    await filesystem.delete(key);
  } finally {
    await filesystem.close();
  }
}

/** Runs `action` while a file has the name of an empty directory. Nothing if there is none, or it is not empty. */
async function whileNoDirectory<T>(directory: string | undefined, action: () => Promise<T>): Promise<T | undefined> {
  const mode = directory && (await stat(directory).catch(() => undefined))?.mode;
  if (!directory || !(await isReplaced(directory))) return undefined;
  try {
    return await action();
  } finally {
    await unlink(directory);
    if (mode) await mkdir(directory, { mode });
  }
}

/** Says whether `action` makes the directory. False if it cannot be tried, because there is something in it. */
async function isMade(directory: string, action: () => unknown): Promise<boolean> {
  const mode = (await stat(directory).catch(() => undefined))?.mode;
  if (mode && !(await rmdir(directory).then(opened, failed))) return false;
  action();
  await nextTurn();
  const isThere = existsSync(directory);
  if (mode && !isThere) await mkdir(directory, { mode });
  return isThere;
}

/** The bytes of all files in a directory, at any depth. */
async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const sizes = await Promise.all(
    files.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  ); // some are just gone
  return sizes.reduce((sum, size) => sum + size, 0);
}

function countConnections(): number {
  return process.getActiveResourcesInfo().filter((kind) => !["Timeout", "Immediate"].includes(kind)).length;
}

async function isReplaced(directory: string): Promise<boolean> {
  try {
    await rmdir(directory).catch(ignoreMissing);
    await writeFile(directory, "");
    return true;
  } catch {
    return false;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
