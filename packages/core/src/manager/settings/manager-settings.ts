import { resolve } from "node:path";
import type { NamePolicy } from "../../archive/format/normalized-name.ts";
import type { ArchiveLimits } from "../../archive/judge/judge-archive.ts";
import { sizeProblem } from "../../archive/left-out/exclusions.ts";
import { type Disk, platformOf } from "../../disk/disk.ts";
import { withSlashes } from "../../disk/path-below.ts";
import { StowageError } from "../../errors.ts";
import type { Filesystem } from "../../filesystem/filesystem.ts";
import { DEFAULT_LOCK } from "../../lock/lock-settings.ts";
import { assertOptions, givenOptions } from "../../options/assert-options.ts";
import { LONGEST_TIMER_MS, type OptionRule, type OptionRules, rule } from "../../options/option-rules.ts";
import type { LinkPolicy } from "../../restore/choose-links.ts";
import type { OwnerPolicy } from "../../restore/choose-owners.ts";
import type { BackupHooks } from "../operations/backup-hooks.ts";
import { StorageLock } from "../operations/storage-lock.ts";
import { type KeptEntries, keptEntries } from "./kept-entries.ts";
import type { BackupManagerOptions } from "./manager-options.ts";
import { leavingOutFolders, type MountPolicy } from "./plan-mounts.ts";
import { type SnapshotSettings, snapshotSettings } from "./snapshot-settings.ts";

/** The options of a manager, checked, with what is left out filled in. */
export interface ManagerSettings extends SnapshotSettings {
  readonly dataDir: string;
  /** The globs as they were given, with "/" between names. */
  readonly exclude: readonly string[];
  readonly keptEntries: (filesystem: Filesystem) => Promise<KeptEntries>;
  readonly requiredFiles: readonly string[];
  readonly limits: Partial<ArchiveLimits>;
  readonly lock: StorageLock;
  readonly namePrefix: string;
  readonly onUnreadable: "fail" | "skip";
  readonly level: number;
  readonly workers: number | undefined;
  readonly mounts: MountPolicy;
  readonly links: LinkPolicy;
  readonly names: NamePolicy;
  readonly owners: OwnerPolicy;
  readonly allowEmpty: boolean;
  readonly history: boolean;
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
  "allowEmpty",
  "onChanged",
  "level",
  "workers",
  "mounts",
  "links",
  "names",
  "owners",
  "databases",
  "stateDir",
  "history",
  "checkDatabases",
  "hooks",
  "disk",
];

const LIMITS: OptionRules<ArchiveLimits> = {
  maxEntries: rule.wholeNumber(1),
  maxTotalSize: rule.wholeNumber(1),
  maxFileSize: rule.wholeNumber(1),
};

const HOOKS: OptionRules<BackupHooks> = {
  beforeSnapshot: rule.callback,
  afterSnapshot: rule.callback,
  beforeSwap: rule.callback,
  afterSwap: rule.callback,
  onRestored: rule.callback,
};

export const HOOK_NAMES: readonly string[] = Object.keys(HOOKS);

const DEFAULT_PREFIX = "pb_backup_";

/** Throws `CONFIG_INVALID`, naming the option, for what cannot work and for names that are no option. */
export function managerSettings(options: BackupManagerOptions, disk: Disk): ManagerSettings {
  assertKnown(options);
  assertValues(options);
  const { dataDir, mounts = "refuse", lock = "auto", lockTtlMs = DEFAULT_LOCK.ttlMs } = options;
  const place = { dataDir: resolve(dataDir), disk: options.disk ?? disk };
  const named = (text: string) => withSlashes(text, platformOf(place.disk));
  const exclude = (options.exclude ?? []).map(named); // a list that its owner changes later changes nothing here
  return {
    ...place,
    exclude,
    keptEntries: keptOf(place, exclude, mounts),
    requiredFiles: (options.requiredFiles ?? []).map(named),
    limits: givenOptions<Partial<ArchiveLimits>>(options.limits ?? {}, LIMITS),
    lock: new StorageLock(lock, lockTtlMs),
    namePrefix: options.namePrefix ?? DEFAULT_PREFIX,
    onUnreadable: options.onUnreadable ?? "fail",
    level: options.level ?? 1,
    workers: options.workers,
    mounts,
    links: options.links ?? "inside",
    names: options.names ?? "strict",
    owners: options.owners ?? "keep",
    allowEmpty: options.allowEmpty ?? false,
    history: options.history ?? options.stateDir !== undefined,
    ...snapshotSettings(options, named),
    hooks: options.hooks ?? {},
  };
}

function assertValues(options: BackupManagerOptions): void {
  const { dataDir, exclude = [], requiredFiles = [], namePrefix = DEFAULT_PREFIX } = options;
  const { lock = "auto", mounts = "refuse" } = options;
  assert(rule.path.accepts(dataDir), `dataDir: not ${rule.path.expected}`);
  assert(isListOfStrings(exclude), "exclude: not a list of globs");
  const problem = sizeProblem(exclude);
  assert(problem === undefined, `exclude: ${problem}`);
  assert(isListOfStrings(requiredFiles), "requiredFiles: not a list of names");
  assert(
    typeof namePrefix === "string" && /^[a-z0-9_-]{0,100}$/.test(namePrefix),
    "namePrefix: not up to 100 of [a-z0-9_-]",
  );
  assert(["auto", "required", "process"].includes(lock), `lock: neither "auto" nor "required" nor "process"`);
  assertWhole("lockTtlMs", options.lockTtlMs, 100, LONGEST_TIMER_MS);
  assertWhole("level", options.level, 0, 9);
  assertWhole("workers", options.workers, 0, 64);
  assert(["fail", "skip", undefined].includes(options.onUnreadable), `onUnreadable: neither "fail" nor "skip"`);
  assert(["boolean", "undefined"].includes(typeof options.allowEmpty), "allowEmpty: neither true nor false");
  assert(["boolean", "undefined"].includes(typeof options.history), "history: neither true nor false");
  assert(["refuse", "keep", "roots"].includes(mounts), `mounts: neither "refuse" nor "keep" nor "roots"`);
  assert(["inside", "all", "none", undefined].includes(options.links), `links: neither "inside" nor "all" nor "none"`);
  assert(["strict", "lenient", undefined].includes(options.names), `names: neither "strict" nor "lenient"`);
  assert(["keep", "none", undefined].includes(options.owners), `owners: neither "keep" nor "none"`);
}

/** The names, and what is below them. The values of the options themselves are judged one by one. */
function assertKnown(options: BackupManagerOptions): void {
  const code = "CONFIG_INVALID";
  const rules = Object.fromEntries(OPTIONS.map((name): [string, OptionRule] => [name, rule.anything]));
  assertOptions(options, { ...rules, disk: rule.object }, { code, required: ["dataDir", "filesystem"] });
  const { limits = {}, hooks = {} } = options;
  assertOptions(limits, LIMITS, { code, within: "limits" });
  assertOptions(hooks, HOOKS, { code, within: "hooks" });
}

function keptOf(
  place: Pick<ManagerSettings, "dataDir" | "disk">,
  exclude: readonly string[],
  mounts: MountPolicy,
): ManagerSettings["keptEntries"] {
  const kept = keptEntries(place, exclude);
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
