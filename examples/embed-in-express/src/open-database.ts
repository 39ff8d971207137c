import { createRequire } from "node:module";

/** What this application needs of a SQLite connection. */
export interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): { run(...values: unknown[]): unknown; get(): unknown };
  close(): void;
  /** Of better-sqlite3 only. */
  backup?(path: string): Promise<unknown>;
}

type Open = new (path: string) => Database;

/** Opens a database with better-sqlite3 if it is installed, else with what Node has built in (22.16 or newer). Nothing without either. */
export function openDatabase(path: string): Database | undefined {
  const Connection = betterSqlite() ?? builtIn();
  return Connection && new Connection(path);
}

function betterSqlite(): Open | undefined {
  const { BETTER_SQLITE3: name = "better-sqlite3" } = process.env;
  try {
    const Connection: Open = createRequire(import.meta.url)(name);
    new Connection(":memory:").close(); // it may be installed and not be compiled
    return Connection;
  } catch {
    return undefined;
  }
}

function builtIn(): Open | undefined {
  const sqlite = process.getBuiltinModule("node:sqlite") as { DatabaseSync: Open; backup?: unknown } | undefined;
  return sqlite?.backup === undefined ? undefined : sqlite.DatabaseSync;
}
