/** Is told how many pages of a copy are done. */
export type Report = (progress: { done: number; total: number }) => void;

/** What node:sqlite and better-sqlite3 have in common here. */
export interface Connection {
  exec(sql: string): unknown;
  prepare(sql: string): { all(): unknown[] };
  close(): void;
}

/** The part of the module that is needed. */
export interface NodeSqlite {
  readonly DatabaseSync: new (path: string) => Connection;
  readonly backup?: (...args: unknown[]) => Promise<unknown>;
}

export interface BetterConnection extends Connection {
  backup(to: string, options: object): Promise<unknown>;
}

export interface Binding {
  /** Opens a database that is there, to read and write: who only reads leaves an empty log behind. */
  open(path: string, waitMs: number): Connection;
  /** Opens a database that nobody else opens, and leaves no trace beside it. */
  openAlone(path: string): Connection;
  copy(from: Connection, to: string, report: Report): Promise<unknown>;
}
