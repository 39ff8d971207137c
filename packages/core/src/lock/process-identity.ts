import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import { threadId } from "node:worker_threads";

/** A process, such that no other one is ever taken for it. */
export interface ProcessIdentity {
  /** Stands for the host, its boot and its process namespace: within one of these, a process id means one process. */
  readonly host: string;
  readonly pid: number;
  /** Clock ticks from the boot to the start of the process; "0" where the platform has no `/proc`. */
  readonly startedAt: string;
  /** The worker thread; 0 is the main one. */
  readonly thread: number;
}

let identity: Promise<ProcessIdentity> | undefined;

/** Describes this process. It is looked up once in each thread, because it never changes there. */
export function currentProcess(): Promise<ProcessIdentity> {
  identity ??= lookUp();
  return identity;
}

async function lookUp(): Promise<ProcessIdentity> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "latin1").catch(() => "");
  const namespace = await readlink("/proc/self/ns/pid").catch(() => "");
  const host = createHash("sha256").update([hostname(), boot, namespace].join("\n")).digest("hex").slice(0, 12);
  return { host, pid: process.pid, startedAt: (await startOf("self")) ?? "0", thread: threadId };
}

/** A clock in milliseconds that nobody sets, and that all processes of one host and boot share. */
export function hostClock(): number {
  return Number(process.hrtime.bigint() / 1_000_000n); // clock_gettime(CLOCK_MONOTONIC), and its like elsewhere
}

/** Says whether a process of this host is still there. In doubt it is. */
export async function isAlive({ pid, startedAt }: Pick<ProcessIdentity, "pid" | "startedAt">): Promise<boolean> {
  if (!hasProcess(pid)) return false;
  const found = await startOf(pid);
  return found === undefined || found === startedAt;
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ESRCH"); // EPERM: it is somebody else's
  }
}

/** Field 22 of `/proc/<pid>/stat`, proc_pid_stat(5). Field 2, the name, may hold blanks and parentheses. */
async function startOf(pid: number | "self"): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => "");
  return line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
}
