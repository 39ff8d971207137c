import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Mounts a fresh tmpfs, or another directory once more, on a directory, which is made, until the test has finished. */
export function mountOn(target: string, source?: string, { isReadOnly = false } = {}): void {
  mkdirSync(target, { recursive: true });
  mount(target, source);
  onTestFinished(() => unmount(target));
  if (isReadOnly) execFileSync("mount", ["-o", "remount,bind,ro", target], { stdio: "pipe" });
}

/** Takes what {@link mountOn} mounted away, runs `action`, and mounts it again. */
export async function whileUnmounted(target: string, source: string, action: () => Promise<void>): Promise<void> {
  unmount(target);
  try {
    await action();
  } finally {
    mount(target, source);
  }
}

/** Whether this process may mount: as root, outside of most containers. */
export function canMount(): boolean {
  const target = mkdtempSync(join(tmpdir(), "stowage-mount-"));
  try {
    mount(target);
    unmount(target);
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(target);
  }
}

function mount(target: string, source?: string): void {
  const order = source === undefined ? ["-t", "tmpfs", "none", target] : ["--bind", source, target];
  execFileSync("mount", order, { stdio: "pipe" });
}

function unmount(target: string): void {
  execFileSync("umount", [target], { stdio: "pipe" });
}
