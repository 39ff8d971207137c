import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { errnoOf } from "./errno-of.ts";

/** A process, such that no other one is ever taken for it. */
export interface Writer {
  /** Stands for the host, its boot and its process namespace: within one of these, a process id means one process. */
  readonly host: string;
  readonly pid: number;
  /** Clock ticks from the boot to the start of the process; "0" where the platform has no `/proc`. */
  readonly startedAt: string;
}

/** Describes this process. */
export async function currentWriter(): Promise<Writer> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "latin1").catch(() => "");
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
  const host = createHash("sha256").update([hostname(), boot, namespace].join("\n")).digest("hex").slice(0, 12);
  return { host, pid: process.pid, startedAt: (await startOf("self")) ?? "0" };
}

/** Says whether a process of this host is still there. In doubt it is. */
export async function isAlive({ pid, startedAt }: Writer): Promise<boolean> {
  if (!hasProcess(pid)) return false;
  const found = await startOf(pid);
  return found === undefined || found === startedAt;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== "ESRCH"; // EPERM: it is there, and somebody else's
  }
}

/** Field 22 of `/proc/<pid>/stat`, proc_pid_stat(5). Field 2, the name, may hold blanks and parentheses. */
async function startOf(pid: number | "self"): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  return line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
}
