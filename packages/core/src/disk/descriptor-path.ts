import { readlink } from "node:fs/promises";

/** The path that stands for what this process has open, whatever becomes of its name: proc_pid_fd(5). Linux alone has it. */
export function descriptorPath(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}

/** Where a file or directory lies that is open, without any link. Rejects where the system does not tell. */
export function realPathOf(descriptor: number): Promise<string> {
  return readlink(descriptorPath(descriptor));
}
