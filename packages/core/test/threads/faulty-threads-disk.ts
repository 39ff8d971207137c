import type { Disk, DiskFile } from "../../src/disk/disk.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { threadedDisk } from "../disk/threaded-disk.ts";
import { FaultCounter, type ThreadFaults } from "./thread-faults.ts";

/** The real disk, with the same faults in this thread and in those that run `program`, and with threads for the smallest archive. */
export function faultyThreadsDisk(program: URL, faults: ThreadFaults): Disk {
  const counter = new FaultCounter(faults);
  const { threads } = threadedDisk(program, { faults }, 0);
  return { ...counted(nodeDisk, counter), threads };
}

/** Asks the counter before each call of a disk, and of the files and directories that it opens. */
function counted<T extends object>(target: T, counter: FaultCounter): T {
  const names = new Set([...Object.keys(target), ...Object.getOwnPropertyNames(Object.getPrototypeOf(target))]);
  names.delete("constructor");
  const copy: Record<string, unknown> = {};
  for (const name of names) {
    const member: unknown = Reflect.get(target, name);
    copy[name] = typeof member === "function" ? call(name, member as (...args: unknown[]) => unknown) : member;
  }
  return copy as T;

  function call(name: string, member: (...args: unknown[]) => unknown) {
    return async (...args: unknown[]) => {
      if (name === "close") await member.apply(target, args); // a close that fails has closed the file
      counter.call(name);
      if (name === "close") return undefined;
      const result = await member.apply(target, args);
      return isOpened(result) ? counted(result, counter) : result;
    };
  }
}

function isOpened(value: unknown): value is DiskFile {
  return typeof value === "object" && value !== null && "close" in value;
}
