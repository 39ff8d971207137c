import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { argv, execPath } from "node:process";
import { localFilesystem } from "@stowage/local";
import { BackupManager, StowageError } from "../../src/index.ts";
import { type Connection, connect } from "./connection.ts";

const OPERATIONS = ["create", "verify", "extract", "restore", "recover"] as const;

/** What an application does that has a database open, in a transaction, while it backs itself up. */
export interface LocksOrder {
  readonly directory: string;
  readonly journal: "delete" | "wal";
  readonly operation: (typeof OPERATIONS)[number];
  readonly workers?: number;
  readonly binding: string;
}

/** What became of it. */
export interface LocksReport {
  /** What another process was told when it tried to write, before the operation, after it, and after our commit. */
  readonly others: readonly string[];
  /** "done", or the code of the error. */
  readonly outcome: string;
  readonly rows: readonly string[];
  readonly integrity: string;
  /** The rows of the database in the backup that was created. */
  readonly restored: readonly string[];
}

const [, program = "", role = "", order = ""] = argv;
if (role === "other") console.log(writeAsOther(JSON.parse(order)));
else console.log(JSON.stringify(await run(JSON.parse(order))));

/** The other process: one row, without waiting for a lock. */
function writeAsOther({ path, binding }: { path: string; binding: string }): string {
  const database = connect(path, { binding });
  try {
    database.exec("INSERT INTO rows VALUES ('theirs')");
    return "ok";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    database.close();
  }
}

async function run({ directory, journal, operation, workers, binding }: LocksOrder): Promise<LocksReport> {
  const dataDir = join(directory, "data");
  const path = join(dataDir, "app.db");
  const others: string[] = [];
  const tryToWrite = () => {
    const args = ["--no-warnings", program, "other", JSON.stringify({ path, binding })];
    others.push(execFileSync(execPath, args, { encoding: "utf8" }).trim());
  };
  const own = connect(path, { binding });
  own.exec(`PRAGMA journal_mode = ${journal}; CREATE TABLE rows (name); CREATE TABLE bulk (bytes)`);
  own.exec("INSERT INTO bulk VALUES (randomblob(3000000)); INSERT INTO rows VALUES ('before')");
  const finish = () => {
    tryToWrite();
    own.exec("COMMIT");
    tryToWrite();
    own.close();
  };
  const hooks = operation === "restore" ? { beforeSwap: finish } : {};
  const manager = new BackupManager({
    dataDir,
    filesystem: localFilesystem({ directory: join(directory, "backups") }),
    hooks,
    ...(workers !== undefined && { workers }),
  });
  let outcome = "done";
  try {
    if (operation !== "create" && operation !== "recover") await manager.create({ name: "first.zip" });
    own.exec("BEGIN IMMEDIATE; INSERT INTO rows VALUES ('ours')");
    tryToWrite();
    await perform(manager, operation, directory);
  } catch (error) {
    if (!(error instanceof StowageError)) throw error;
    outcome = error.code;
  }
  if (operation !== "restore") finish();
  const { rows, integrity } = contentOf(path, binding);
  const restored = existsSync(join(directory, "out")) ? contentOf(join(directory, "out", "app.db"), binding).rows : [];
  await manager.close();
  return { others, outcome, rows, integrity, restored };
}

async function perform(manager: BackupManager, operation: LocksOrder["operation"], directory: string): Promise<void> {
  if (operation === "create") {
    await manager.create({ name: "second.zip" });
    await manager.extract("second.zip", { to: join(directory, "out") });
  }
  if (operation === "verify") await manager.verify("first.zip");
  if (operation === "extract") await manager.extract("first.zip", { to: join(directory, "out") });
  if (operation === "restore") await manager.restore("first.zip");
  if (operation === "recover") await manager.recover();
}

function contentOf(path: string, binding: string): { rows: string[]; integrity: string } {
  const database: Connection = connect(path, { binding });
  const rows = database.prepare("SELECT name FROM rows").all() as { name: string }[];
  const checked = database.prepare("PRAGMA integrity_check").all() as { integrity_check: string }[];
  database.close();
  return { rows: rows.map(({ name }) => name).sort(), integrity: checked.map((row) => row.integrity_check).join() };
}
