import { readFileSync, writeSync } from "node:fs";
import type { DiskFile } from "../../src/disk/disk.ts";
import { act, type Guard, guarded, isFile, type KillOrder, withMountsOf } from "./kill-order.ts";

/** What the child tells of one order before it is killed. */
export interface KillReport {
  readonly order: number;
  readonly calls: number;
  /** Whether the call was reached. */
  readonly isKilled: boolean;
  /** Whether the application was told that the swap had succeeded. */
  readonly isReported: boolean;
}

/** A file of an operation that waits for ever is nobody's any more: kept here, it stays open as in a process that was killed. */
const openFiles: DiskFile[] = [];

const orders = JSON.parse(readFileSync(0, "utf8")) as KillOrder[];

const reports = await Promise.all(orders.map((order, index) => obey(order, index)));
writeSync(1, JSON.stringify(reports));
// Nothing can catch this: no clean-up runs in any of the operations, which wait at their calls for ever.
if (reports.some(({ isKilled }) => isKilled)) process.kill(process.pid, "SIGKILL");

/** Resolves when the operation has come to its end or to the call at which it dies. */
function obey(order: KillOrder, index: number): Promise<KillReport> {
  return new Promise((resolve, reject) => {
    let calls = 0;
    let isReported = false;
    const report = (isKilled: boolean) => resolve({ order: index, calls, isKilled, isReported });
    const wait = () => {
      report(true);
      return new Promise<never>(() => {});
    };
    const guard: Guard = async (perform: () => Promise<unknown>) => {
      const number = ++calls;
      if (order.killAt > 0 && number > order.killAt) return wait();
      if (number === order.killAt && order.killWhen === "before") return wait();
      const [result] = await Promise.allSettled([perform()]);
      if (result.status === "fulfilled" && isFile(result.value)) openFiles.push(result.value);
      if (number === order.killAt) return wait();
      if (result.status === "rejected") throw result.reason;
      return result.value;
    };
    act(order, guarded(withMountsOf(order), guard), () => {
      isReported = true;
    }).then(() => report(false), reject);
  });
}
