import { readFile } from "node:fs/promises";

/**
 * The most memory that this process ever held, in bytes. `VmHWM` of proc_pid_status(5) starts with the program; the maximum of
 * getrusage(2), which other platforms must do with, also counts what the parent held when it started this process.
 */
export async function peakMemory(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kibibytes = Number(status.match(/^VmHWM:\s+(\d+) kB$/m)?.[1]);
  return (Number.isFinite(kibibytes) ? kibibytes : process.resourceUsage().maxRSS) * 1024;
}
