import { join, relative, resolve, sep } from "node:path";
import { StowageError } from "../errors.ts";
import { RESTORE_FOLDER } from "../restore/layout.ts";
import { type DatabasesOption, databasesProblem } from "../snapshot/databases-option.ts";
import type { BackupManagerOptions } from "./manager-options.ts";

/** How databases are copied, and where the copies lie meanwhile. */
export interface SnapshotSettings {
  readonly databases: DatabasesOption;
  readonly stateDir: string;
}

/** Throws `CONFIG_INVALID`, naming the option. */
export function snapshotSettings(options: BackupManagerOptions): SnapshotSettings {
  const { dataDir, databases = "auto", stateDir = join(dataDir, RESTORE_FOLDER) } = options;
  const problem = databasesProblem(databases) ?? stateDirProblem(dataDir, stateDir);
  if (problem !== undefined) throw new StowageError("CONFIG_INVALID", problem, { operation: "construct" });
  return { databases, stateDir: resolve(stateDir) };
}

/** Copies that a killed create left among the data would be backed up. */
function stateDirProblem(dataDir: string, stateDir: unknown): string | undefined {
  if (typeof stateDir !== "string" || stateDir === "" || stateDir.includes("\0")) return "stateDir: not a path";
  const path = relative(resolve(dataDir), resolve(stateDir));
  const [first] = path.split(sep);
  const isOutside = first === ".." || resolve(path) === path;
  if (isOutside || first === RESTORE_FOLDER) return undefined;
  return "stateDir: lies among the data itself; choose a folder elsewhere";
}
