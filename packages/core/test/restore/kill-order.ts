import { readFileSync } from "node:fs";
import type { Disk, DiskFile } from "../../src/disk/disk.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, Filesystem, type FilesystemDriver } from "../../src/index.ts";
import { recover } from "../../src/restore/recover.ts";
import { withMounts } from "../disk/mount-table.ts";

/** What a child process does in one data directory, and the disk call at which it is killed. */
export interface KillOrder {
  readonly action: "restore" | "recover" | "rollback" | "confirm";
  readonly dataDir: string;
  readonly archive: string;
  readonly exclude: readonly string[];
  /** Mounts below the data directory, as a table tells of them, to be restored too. */
  readonly mounts: readonly string[];
  readonly keepPrevious: boolean;
  /** Counted from 1; 0 for never. */
  readonly killAt: number;
  readonly killWhen: "before" | "after";
}

/** Carries an order out on a disk, and reports when the application is told that the swap succeeded. */
export async function act(order: KillOrder, disk: Disk, report: () => void): Promise<unknown> {
  const { action, dataDir, exclude, keepPrevious } = order;
  const mounts = order.mounts.length > 0 ? "roots" : "refuse";
  if (action === "recover") return recover(dataDir, { disk });
  const hooks = { afterSwap: ({ restored }: { restored: boolean }) => (restored ? report() : undefined) };
  const filesystem = new Filesystem(driverOf(readFileSync(order.archive)));
  const requiredFiles = ["data.db"];
  const manager = new BackupManager({
    dataDir,
    filesystem,
    disk,
    exclude,
    mounts,
    hooks,
    lock: "process",
    requiredFiles,
  });
  if (action === "restore") return manager.restore("a.zip", { keepPrevious });
  return action === "rollback" ? manager.rollback() : manager.confirm();
}

/** The real disk, on which renames fail as if these directories were mounts. */
export function withMountsOf({ dataDir, mounts }: Pick<KillOrder, "dataDir" | "mounts">): Disk {
  if (mounts.length === 0) return nodeDisk;
  return withMounts(
    nodeDisk,
    mounts.map((mount) => `${dataDir}/${mount}`),
  );
}

export type Guard = (perform: () => Promise<unknown>) => Promise<unknown>;

/** Puts the guard before every call of a disk, and of the files that it opens. */
export function guarded<T extends object>(target: T, guard: Guard): T {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name === "lstatEach" && "lstat" in target) return eachGuarded(target.lstat as Disk["lstat"], guard);
      return async (...parameters: unknown[]) => {
        const result = await guard(() => member.apply(target, parameters));
        return isFile(result) ? guarded(result, guard) : result;
      };
    },
  });
}

/** One call for each path: the process may die between any two. */
function eachGuarded(lstat: Disk["lstat"], guard: Guard): Disk["lstatEach"] {
  return (paths) => Promise.allSettled(paths.map((path) => guard(() => lstat(path)) as ReturnType<Disk["lstat"]>));
}

export function isFile(result: unknown): result is DiskFile {
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
