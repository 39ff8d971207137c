import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { nodeDisk, nodeDiskOn } from "../../src/disk/node-disk.ts";
import { MACOS, WINDOWS } from "../../src/disk/platform.ts";

const isLinux = process.platform === "linux";

async function places(): Promise<{ directory: string; full: string }> {
  const directory = await temporaryDirectory();
  const full = join(directory, ".stowage/id");
  await mkdir(join(full, "new"), { recursive: true });
  return { directory, full };
}

it.each([
  ["an empty directory", (path: string) => mkdir(path)],
  ["a directory that holds something", (path: string) => mkdir(join(path, "deep"), { recursive: true })],
  ["a file", (path: string) => writeFile(path, "x")],
])("nothing keeps %s from being moved, and nothing is moved", async (_what, make) => {
  const { directory, full } = await places();
  await make(join(directory, "entry"));

  expect(await nodeDisk.whyNotMovable(join(directory, "entry"), full)).toBeUndefined();

  expect(await readdir(directory)).toEqual([".stowage", "entry"]);
  expect(await readdir(full)).toEqual(["new"]);
});

it("what is gone is in nobody's way", async () => {
  const { directory, full } = await places();

  expect(await nodeDisk.whyNotMovable(join(directory, "gone"), full)).toBeUndefined();
});

it.runIf(isLinux)("a directory that this user may not write to cannot be moved into another one", async () => {
  const { directory, full } = await places();
  const entry = join(directory, "entry");
  await mkdir(entry, { mode: 0o755 });
  if (process.getuid?.() !== 0) await chmod(entry, 0o555);
  else for (const path of [directory, full, join(directory, ".stowage")]) await chmod(path, 0o777);

  const refusal = await asOrdinaryUser(() => nodeDisk.whyNotMovable(entry, full));

  expect(refusal).toMatchObject({ code: "EACCES" });
});

it.each([MACOS, WINDOWS])("nothing is tried where the order of checks is not known", async (platform) => {
  const { directory } = await places();

  const missing = join(directory, "no such directory");
  expect(await nodeDiskOn(platform).whyNotMovable(join(directory, "entry"), missing)).toBeUndefined();
});

async function asOrdinaryUser<T>(action: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return action();
  process.seteuid?.(65_534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}
