import { createRequire } from "node:module";

/** What node:sqlite and better-sqlite3 have in common. */
export interface Connection {
  exec(sql: string): unknown;
  prepare(sql: string): { all(...values: unknown[]): unknown[]; run(...values: unknown[]): unknown };
  close(): void;
}

/** Opens a database with what Node has built in, or with the better-sqlite3 at a path. Waits `waitMs` for locks. */
export function connect(path: string, { binding, waitMs = 0 }: { binding: string; waitMs?: number }): Connection {
  const connection = open(path, binding);
  connection.exec(`PRAGMA busy_timeout = ${waitMs}`);
  return connection;
}

function open(path: string, binding: string): Connection {
  if (binding !== "node:sqlite") return new (createRequire(import.meta.url)(binding))(path) as Connection;
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite") as unknown as {
    DatabaseSync: new (path: string) => Connection;
  };
  return new DatabaseSync(path);
}
