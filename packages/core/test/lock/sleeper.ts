// A process that is stopped while it holds the lock: it waits in its hook for a word, and then tells every change it tried.
import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { wrapDriver } from "@stowage/contract-tests";
import { LocalDriver } from "@stowage/local";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, Filesystem, StowageError } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";

export interface SleeperOrder {
  readonly operation: "create" | "restore";
  readonly key: string;
  readonly dataDir: string;
  readonly directory: string;
  readonly lockTtlMs: number;
  /** The name of the host that it pretends to run on; its own when empty. */
  readonly host: string;
}

export interface SleeperReport {
  /** "done" or a code. */
  readonly outcome: string;
  /** Every attempt to change the storage, or the disk of the data directory. Times in nanoseconds of the monotonic clock. */
  readonly changes: readonly { readonly call: string; readonly at: bigint }[];
}

const [order] = (await once(process, "message")) as [SleeperOrder];
const { operation, key, dataDir, directory, lockTtlMs, host } = order;
if (host !== "") {
  Object.assign(os, { hostname: () => host });
  syncBuiltinESMExports();
}
const changes: { call: string; at: bigint }[] = [];
const note = (call: string) => void changes.push({ call, at: process.hrtime.bigint() });

const driver = new LocalDriver({ directory });
const recorded = wrapDriver(driver, {
  write: (name, content, options) => {
    note(`storage write ${name}`);
    return driver.write(name, content, options);
  },
  delete: (name, options) => {
    note(`storage delete ${name}`);
    return driver.delete(name, options);
  },
});
const { disk } = faultyDisk(nodeDisk, { before: (call) => (isReading(call) ? undefined : note(call)) });
const hook = async () => {
  process.send?.("in its turn");
  await once(process, "message");
};
const hooks = operation === "create" ? { beforeSnapshot: hook } : { beforeSwap: hook };
const manager = new BackupManager({ dataDir, filesystem: new Filesystem(recorded), disk, hooks, lockTtlMs });

const outcome = await (operation === "create" ? manager.create({ name: key }) : manager.restore(key)).then(
  () => "done",
  (error: unknown) => (error instanceof StowageError ? error.code : String(error)),
);
process.send?.({ outcome, changes } satisfies SleeperReport, () => process.disconnect());

function isReading(call: string): boolean {
  return /^((file\.)?realPath|lstat|(stat|read|open)Directory|readLink|openFile|freeSpace|file\.(stat|read|close)) /.test(
    call,
  );
}
