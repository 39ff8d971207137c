import { join, relative, resolve, sep } from "node:path";
import type { OnChanged } from "../../archive/create/file-change.ts";
import { StowageError } from "../../errors.ts";
import { rule } from "../../options/option-rules.ts";
import { RESTORE_FOLDER } from "../../restore/folder/layout.ts";
import type { DatabaseCheck } from "../../snapshot/check-databases.ts";
import { type DatabasesOption, databasesProblem } from "../../snapshot/databases-option.ts";
import type { BackupManagerOptions } from "./manager-options.ts";

/** What is done about data that changes while it is backed up. */
export interface SnapshotSettings {
  readonly onChanged: OnChanged;
  readonly databases: DatabasesOption;
  readonly stateDir: string;
  readonly checkDatabases: DatabaseCheck;
}

/** Throws `CONFIG_INVALID`, naming the option. `named` makes a name of an entry of what a user calls it. */
export function snapshotSettings(options: BackupManagerOptions, named: (text: string) => string): SnapshotSettings {
  const { dataDir, onChanged = "fail", stateDir = join(resolve(dataDir), RESTORE_FOLDER) } = options;
  const databases = namedDatabases(options.databases ?? "auto", named);
  const { checkDatabases = "quick" } = options;
  const isOfChanged = ["fail", "keep", "skip"].includes(onChanged);
  const onChangedProblem = isOfChanged ? undefined : `onChanged: neither "fail" nor "keep" nor "skip"`;
  const isOfCheck = ["quick", "full", "off"].includes(checkDatabases);
  const checkProblem = isOfCheck ? undefined : `checkDatabases: neither "quick" nor "full" nor "off"`;
  const problem = checkProblem ?? onChangedProblem ?? databasesProblem(databases) ?? stateDirProblem(dataDir, stateDir);
  if (problem !== undefined) throw new StowageError("CONFIG_INVALID", problem, { operation: "construct" });
  return { onChanged, databases, stateDir: resolve(stateDir), checkDatabases };
}

function namedDatabases(databases: DatabasesOption, named: (text: string) => string): DatabasesOption {
  if (typeof databases !== "object" || databases === null || Array.isArray(databases)) return databases;
  return Object.fromEntries(Object.entries(databases).map(([name, source]) => [named(name), source]));
}

/** Copies that a killed create left among the data would be backed up. */
function stateDirProblem(dataDir: string, stateDir: string): string | undefined {
  if (!rule.path.accepts(stateDir)) return `stateDir: not ${rule.path.expected}`;
  const path = relative(resolve(dataDir), resolve(stateDir));
  const [first] = path.split(sep);
  const isOutside = first === ".." || resolve(path) === path;
  if (isOutside || first === RESTORE_FOLDER) return undefined;
  return "stateDir: lies among the data itself; choose a folder elsewhere";
}
