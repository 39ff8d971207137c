import { resolve } from "node:path";
import type { ArchiveLimits } from "../archive/judge-archive.ts";
import type { Disk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { DEFAULT_LOCK } from "../lock/generation-lock.ts";
import { type KeptEntries, keptEntries } from "./kept-entries.ts";
import type { BackupHooks, BackupManagerOptions } from "./manager-options.ts";
import { leavingOutFolders, type MountPolicy } from "./plan-mounts.ts";
import { type SnapshotSettings, snapshotSettings } from "./snapshot-settings.ts";
import { StorageLock } from "./storage-lock.ts";

/** The options of a manager, checked, with what is left out filled in. */
export interface ManagerSettings extends SnapshotSettings {
  readonly dataDir: string;
  readonly keptEntries: (filesystem: Filesystem) => Promise<KeptEntries>;
  readonly requiredFiles: readonly string[];
  readonly limits: Partial<ArchiveLimits>;
  readonly lock: StorageLock;
  readonly namePrefix: string;
  readonly onUnreadable: "fail" | "skip";
  readonly level: number;
  readonly workers: number | undefined;
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
  "onChanged",
  "level",
  "workers",
  "mounts",
  "databases",
  "stateDir",
  "checkDatabases",
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
  assertWhole("lockTtlMs", lockTtlMs, 100);
  assertWhole("level", options.level, 0, 9);
  assertWhole("workers", options.workers, 0, 64);
  assert(["fail", "skip", undefined].includes(options.onUnreadable), `onUnreadable: neither "fail" nor "skip"`);
  const { mounts = "refuse" } = options;
  assert(["refuse", "keep", "roots"].includes(mounts), `mounts: neither "refuse" nor "keep" nor "roots"`);
  for (const [name, limit] of Object.entries(limits)) assertWhole(`limits.${name}`, limit, 1);
  const place = { dataDir: resolve(dataDir), disk: options.disk ?? disk };
  return {
    ...place,
    keptEntries: keptOf(place, exclude, mounts),
    requiredFiles,
    limits,
    lock: new StorageLock(lock, lockTtlMs),
    namePrefix,
    onUnreadable: options.onUnreadable ?? "fail",
    level: options.level ?? 1,
    workers: options.workers,
    mounts,
    ...snapshotSettings(options),
    hooks: options.hooks ?? {},
  };
}

function keptOf(
  place: Pick<ManagerSettings, "dataDir" | "disk">,
  exclude: readonly string[],
  mounts: MountPolicy,
): ManagerSettings["keptEntries"] {
  const kept = keptEntries(place.dataDir, exclude);
  if (mounts !== "roots") return kept;
  return async (filesystem) => leavingOutFolders(await kept(filesystem), place);
}

function isListOfStrings(list: unknown): list is readonly string[] {
  return Array.isArray(list) && list.every((item) => typeof item === "string" && item !== "");
}

/** Lets pass what is left out. */
function assertWhole(name: string, value: unknown, min: number, max = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined) return;
  const isWhole = Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  assert(
    isWhole,
    `${name}: not a whole number ${max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`}`,
  );
}

function assert(condition: boolean, message: string): void {
  if (!condition) throw new StowageError("CONFIG_INVALID", message, { operation: "construct" });
}
