import { resolve } from "node:path";
import type { ArchiveLimits } from "../archive/judge-archive.ts";
import type { Disk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { DEFAULT_LOCK } from "../lock/generation-lock.ts";
import { type KeptEntries, keptEntries } from "./kept-entries.ts";
import type { MountPolicy } from "./kept-mounts.ts";
import type { BackupHooks, BackupManagerOptions } from "./manager-options.ts";
import { StorageLock } from "./storage-lock.ts";

/** The options of a manager, checked, with what is left out filled in. */
export interface ManagerSettings {
  readonly dataDir: string;
  readonly keptEntries: (filesystem: Filesystem) => Promise<KeptEntries>;
  readonly requiredFiles: readonly string[];
  readonly limits: Partial<ArchiveLimits>;
  readonly lock: StorageLock;
  readonly namePrefix: string;
  readonly onUnreadable: "fail" | "skip";
  readonly mounts: MountPolicy;
  readonly hooks: BackupHooks;
  readonly disk: Disk;
}

const OPTIONS = [
  "dataDir",
  "filesystem",
  "exclude",
  "requiredFiles",
  "limits",
  "lock",
  "lockTtlMs",
  "namePrefix",
  "onUnreadable",
  "mounts",
  "hooks",
  "disk",
];

/** Throws `CONFIG_INVALID`, naming the option, for what cannot work and for names that are no option. */
export function managerSettings(options: BackupManagerOptions, disk: Disk): ManagerSettings {
  const { dataDir, exclude = [], requiredFiles = [], limits = {}, namePrefix = "pb_backup_" } = options;
  const { lock = "auto", lockTtlMs = DEFAULT_LOCK.ttlMs } = options;
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  assert(unknown === undefined, `${unknown}: no such option`);
  assert(typeof dataDir === "string" && dataDir !== "" && !dataDir.includes("\0"), "dataDir: not a path");
  assert(isListOfStrings(exclude), "exclude: not a list of globs");
  assert(isListOfStrings(requiredFiles), "requiredFiles: not a list of names");
  assert(/^[a-z0-9_-]{0,100}$/.test(namePrefix), "namePrefix: not up to 100 of [a-z0-9_-]");
  assert(["auto", "required", "process"].includes(lock), `lock: neither "auto" nor "required" nor "process"`);
  assert(Number.isSafeInteger(lockTtlMs) && lockTtlMs >= 100, "lockTtlMs: not a whole number from 100 on");
  assert(["fail", "skip", undefined].includes(options.onUnreadable), `onUnreadable: neither "fail" nor "skip"`);
  assert(["refuse", "keep", undefined].includes(options.mounts), `mounts: neither "refuse" nor "keep"`);
  for (const [name, limit] of Object.entries(limits)) {
    assert(
      limit === undefined || (Number.isSafeInteger(limit) && limit > 0),
      `limits.${name}: not a whole number from 1 on`,
    );
  }
  const absolute = resolve(dataDir);
  return {
    dataDir: absolute,
    keptEntries: keptEntries(absolute, exclude),
    requiredFiles,
    limits,
    lock: new StorageLock(lock, lockTtlMs),
    namePrefix,
    onUnreadable: options.onUnreadable ?? "fail",
    mounts: options.mounts ?? "refuse",
    hooks: options.hooks ?? {},
    disk: options.disk ?? disk,
  };
}

function isListOfStrings(list: unknown): list is readonly string[] {
  return Array.isArray(list) && list.every((item) => typeof item === "string" && item !== "");
}

function assert(condition: boolean, message: string): void {
  if (!condition) throw new StowageError("CONFIG_INVALID", message, { operation: "construct" });
}
