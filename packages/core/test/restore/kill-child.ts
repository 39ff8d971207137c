import { readFileSync, writeSync } from "node:fs";
import { type Disk, type DiskFile, nodeDisk } from "../../src/disk.ts";
import { BackupManager, Filesystem, type FilesystemDriver } from "../../src/index.ts";
import { recover } from "../../src/restore/recover.ts";

/** What a child process does in one data directory, and the disk call at which it is killed. */
export interface KillOrder {
  readonly action: "restore" | "recover" | "rollback" | "confirm";
  readonly dataDir: string;
  readonly archive: string;
  readonly exclude: readonly string[];
  readonly keepPrevious: boolean;
  /** Counted from 1; 0 for never. */
  readonly killAt: number;
  readonly killWhen: "before" | "after";
}

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
      if (number === order.killAt) return wait();
      if (result.status === "rejected") throw result.reason;
      if (isFile(result.value)) openFiles.push(result.value);
      return result.value;
    };
    act(order, guarded(nodeDisk, guard), () => {
      isReported = true;
    }).then(() => report(false), reject);
  });
}

async function act(order: KillOrder, disk: Disk, report: () => void): Promise<unknown> {
  const { action, dataDir, exclude, keepPrevious } = order;
  if (action === "recover") return recover(dataDir, { disk });
  const hooks = { afterSwap: ({ restored }: { restored: boolean }) => (restored ? report() : undefined) };
  const filesystem = new Filesystem(driverOf(readFileSync(order.archive)));
  const requiredFiles = ["data.db"];
  const manager = new BackupManager({ dataDir, filesystem, disk, exclude, hooks, lock: "process", requiredFiles });
  if (action === "restore") return manager.restore("a.zip", { keepPrevious });
  return action === "rollback" ? manager.rollback() : manager.confirm();
}

type Guard = (perform: () => Promise<unknown>) => Promise<unknown>;

/** Puts the guard before every call of a disk, and of the files that it opens. */
function guarded<T extends object>(target: T, guard: Guard): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return async (...parameters: unknown[]) => {
        const result = await guard(() => member.apply(target, parameters));
        return isFile(result) ? guarded(result, guard) : result;
      };
    },
  });
}

function isFile(result: unknown): result is DiskFile {
  return typeof result === "object" && result !== null && "close" in result;
}

/** One archive, read-only. */
function driverOf(bytes: Buffer): FilesystemDriver {
  const info = { key: "a.zip", size: bytes.length, modifiedAt: new Date(0) };
  const refuse = () => Promise.reject(new Error("read-only"));
  return {
    kind: "buffer",
    capabilities: {
      conditionalCreate: false,
      contentTypes: false,
      signedUrls: false,
      shared: false,
      limits: { pageSize: 1, timestampResolutionMs: 1 },
    },
    open: async () => {},
    stat: async () => info,
    list: async () => ({ files: [info] }),
    read: async (_key, { range }) => ({ info, content: chunks(bytes.subarray(range?.start ?? 0, range?.end)) }),
    write: refuse,
    delete: refuse,
    close: async () => {},
    classify: () => ({ code: "INTERNAL", retryable: false }),
  };
}

async function* chunks(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}
