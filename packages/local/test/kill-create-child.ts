import { writeSync } from "node:fs";
import { BackupManager, Filesystem } from "@stowage/core";
import { nodeDisk } from "@stowage/core/driver";
import { KILL_LOCK_TTL_MS } from "@stowage/test-kit/kill";
import { LocalDriver } from "../src/index.ts";

/** One create, and the call of the driver's disk at which its process is killed. */
export interface KillOrder {
  readonly dataDir: string;
  readonly directory: string;
  readonly name: string;
  /** Counted from 1; 0 for never. */
  readonly killAt: number;
  readonly killWhen: "before" | "after";
}

export interface KillReport {
  readonly calls: number;
  /** Whether the call was reached. If not, the create ran through. */
  readonly isKilled: boolean;
}

/** Runs all creates at once, each up to the call at which it dies, tells how far they came, and kills itself. */
export async function main(orders: string): Promise<void> {
  const reports = await Promise.all((JSON.parse(orders) as KillOrder[]).map(obey));
  writeSync(1, JSON.stringify(reports));
  // Nothing can catch this: no clean-up runs in any of the creates, which wait at their calls for ever.
  if (reports.some(({ isKilled }) => isKilled)) process.kill(process.pid, "SIGKILL");
}

/** What waits for ever is nobody's any more: kept here, its files stay open as in a process that was killed. */
const results: unknown[] = [];

function obey({ dataDir, directory, name, killAt, killWhen }: KillOrder): Promise<KillReport> {
  return new Promise((resolve, reject) => {
    let calls = 0;
    const wait = () => {
      resolve({ calls, isKilled: true });
      return new Promise<never>(() => {});
    };
    const guard = async (perform: () => Promise<unknown>) => {
      const number = ++calls;
      if (killAt > 0 && (number > killAt || (number === killAt && killWhen === "before"))) return wait();
      const [result] = await Promise.allSettled([perform()]);
      results.push(result);
      if (number === killAt) return wait();
      if (result.status === "rejected") throw result.reason;
      return result.value;
    };
    const filesystem = new Filesystem(new LocalDriver({ directory }, guarded(nodeDisk, guard)));
    const manager = new BackupManager({ dataDir, filesystem, lockTtlMs: KILL_LOCK_TTL_MS });
    manager.create({ name }).then(() => resolve({ calls, isKilled: false }), reject);
  });
}

/** Puts the guard before every call of a disk, and of the files that it opens. */
function guarded<T extends object>(target: T, guard: (perform: () => Promise<unknown>) => Promise<unknown>): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return async (...parameters: unknown[]) => {
        const result = await guard(() => member.apply(target, parameters));
        const isFile = typeof result === "object" && result !== null && "close" in result;
        return isFile ? guarded(result, guard) : result;
      };
    },
  });
}
