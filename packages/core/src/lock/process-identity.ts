import { createHash } from "node:crypto";
import { readFile, readlink } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { threadId } from "node:worker_threads";
import { PLATFORM, type Platform } from "../disk/platform.ts";

/** A process, such that no other one is ever taken for it. */
export interface ProcessIdentity {
  /** Stands for the host, its boot and its process namespace: within one of these, a process id means one process. */
  readonly host: string;
  readonly pid: number;
  /** Clock ticks from the boot to the start of the process; "0" where the platform does not tell. */
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
  const names = await hostNames();
  const host = createHash("sha256").update(names.join("\n")).digest("hex").slice(0, 12);
  return { host, pid: process.pid, startedAt: (await startOf("self")) ?? "0", thread: threadId };
}

/**
 * What tells a host, its boot and its process namespace from others. Where the system names neither boot nor namespace, hosts that are
 * called the same are told apart by their network cards.
 */
export async function hostNames({ processes }: Pick<Platform, "processes"> = PLATFORM): Promise<string[]> {
  if (processes === undefined) return [hostname(), ...networkCards()];
  const boot = await readFile(`${processes}/sys/kernel/random/boot_id`, "latin1").catch(() => "");
  const namespace = await readlink(`${processes}/self/ns/pid`).catch(() => "");
  return [hostname(), boot, namespace];
}

function networkCards(): string[] {
  const cards = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return [...new Set(cards.filter(({ internal }) => !internal).map(({ mac }) => mac))].sort();
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
  if (PLATFORM.processes === undefined) return undefined;
  const line = await readFile(`${PLATFORM.processes}/${pid}/stat`, "latin1").catch(() => "");
  return line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
}
