import { execFile } from "node:child_process";
import { statfs } from "node:fs/promises";
import { release } from "node:os";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { BTRFS, EXT, F2FS, TMPFS, XFS } from "./file-system-types.ts";
import { PLATFORM } from "./platform.ts";

/** With fewer files their own syncs take less time, and do not wait for what others have written. */
const FILES_MIN = 100;

/** Those whose `syncfs` waits until everything is on the device, tmpfs, where nothing is durable, too. */
const LOCAL_FILE_SYSTEMS: ReadonlySet<number> = new Set([EXT, XFS, BTRFS, F2FS, TMPFS]);

const run = promisify(execFile);

/**
 * Says whether `syncFileSystem` works for a file system, can be trusted, and is worth it for so many files: on Linux since 5.8,
 * which reports errors of earlier writes (syncfs(2)), on a local file system, with the `sync` of GNU coreutils.
 */
export async function prefersFileSystemSync(path: string, files: number): Promise<boolean> {
  if (files < FILES_MIN || !PLATFORM.syncsFileSystems || !isNewKernel()) return false;
  const { type } = await statfs(path);
  return LOCAL_FILE_SYSTEMS.has(type) && (await reportsFailure());
}

/**
 * Makes a whole file system durable, by `sync -f` of GNU coreutils: Node has no syncfs(2). Throws `EIO` if anything that was
 * written to it since an error was last reported did not reach the device.
 */
export async function syncFileSystem(path: string): Promise<void> {
  try {
    await run("sync", ["-f", resolve(path)]);
  } catch (cause) {
    const message = `EIO: sync -f ${path} failed: ${cause instanceof Error ? cause.message : cause}`;
    throw Object.assign(new Error(message, { cause }), { code: "EIO", syscall: "syncfs" });
  }
}

function isNewKernel(): boolean {
  const [major = 0, minor = 0] = release().split(".").map(Number);
  return major > 5 || (major === 5 && minor >= 8);
}

/** That of BusyBox and of older uutils ends well whatever syncfs(2) said: a failed write would be taken for a durable one. */
async function reportsFailure(): Promise<boolean> {
  return run("sync", ["--version"]).then(
    ({ stdout }) => stdout.startsWith("sync (GNU coreutils)"),
    () => false,
  );
}
