import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { argv, execPath } from "node:process";
import { localFilesystem } from "@stowage/local";
import { BackupManager } from "../../src/index.ts";
import { type Connection, connect } from "./connection.ts";

const ACCOUNTS = 100;
const BALANCE = 1000;
const WRITERS = 4;

/** Backs a database up while four processes write into it, with or without holding its write lock all the while. */
export interface BusyOrder {
  readonly directory: string;
  readonly binding: string;
  /** Bytes that the database has at least. */
  readonly size: number;
  readonly backups: number;
  readonly holdsLock: boolean;
}

export interface BusyReport {
  /** What is wrong with the backups, one line for each that is. */
  readonly problems: readonly string[];
  readonly created: number;
  /** Transactions of the writers, and how long these took, in milliseconds. */
  readonly written: number;
  readonly waits: { readonly p50: number; readonly p99: number; readonly max: number };
}

const [, program = "", role = "", order = ""] = argv;
if (role === "writer") await writeOn(JSON.parse(order));
else console.log(JSON.stringify(await backUp(JSON.parse(order))));

/** Moves money between accounts, so that the sum stays, and counts each move in two tables, until its input ends. */
async function writeOn({ path, binding }: { path: string; binding: string }): Promise<void> {
  const database = connect(path, { binding, waitMs: 60_000 });
  const waits: number[] = [];
  let isOver = false;
  process.stdin.on("end", () => (isOver = true)).resume();
  for (let move = 0; !isOver; move += 1) {
    const start = performance.now();
    database.exec("BEGIN IMMEDIATE");
    database.prepare("UPDATE accounts SET balance = balance - 1 WHERE id = ?").run(move % ACCOUNTS);
    database.prepare("UPDATE accounts SET balance = balance + 1 WHERE id = ?").run((7 * move + 1) % ACCOUNTS);
    database.exec("INSERT INTO moves VALUES (NULL, hex(randomblob(200))); UPDATE counts SET moves = moves + 1; COMMIT");
    waits.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  database.close();
  console.log(JSON.stringify(waits));
}

async function backUp({ directory, binding, size, backups, holdsLock }: BusyOrder): Promise<BusyReport> {
  const dataDir = join(directory, "data");
  const path = join(dataDir, "app.db");
  const own = connect(path, { binding, waitMs: 60_000 });
  fill(own, size);
  const hooks = {
    beforeSnapshot: () => void own.exec("BEGIN IMMEDIATE"),
    afterSnapshot: () => void own.exec("COMMIT"),
  };
  const filesystem = localFilesystem({ directory: join(directory, "backups") });
  const manager = new BackupManager({ dataDir, filesystem, hooks: holdsLock ? hooks : {} });
  const stop = startWriters({ path, binding });
  const problems: string[] = [];
  let created = 0;
  for (let index = 0; index < backups; index += 1) {
    const name = `${index}.zip`;
    const { warnings } = await manager.create({ name });
    created += 1;
    const problem =
      warnings.length > 0 ? JSON.stringify(warnings) : await problemOf(manager, { name, directory, binding });
    if (problem !== undefined) problems.push(`${name}: ${problem}`);
    await manager.delete(name);
  }
  const waits = (await stop()).sort((left, right) => left - right);
  const at = (share: number) => Math.round(waits[Math.min(waits.length - 1, Math.floor(share * waits.length))] ?? 0);
  own.close();
  await manager.close();
  return { problems, created, written: waits.length, waits: { p50: at(0.5), p99: at(0.99), max: at(1) } };
}

function fill(database: Connection, size: number): void {
  database.exec(`
    PRAGMA journal_mode = wal;
    CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance); CREATE TABLE moves (id INTEGER PRIMARY KEY, note);
    CREATE TABLE counts (moves); INSERT INTO counts VALUES (0); CREATE TABLE bulk (text);
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${ACCOUNTS - 1})
      INSERT INTO accounts SELECT i, ${BALANCE} FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${Math.ceil(size / 1000)})
      INSERT INTO bulk SELECT zeroblob(1000) FROM n;
  `);
}

/** Starts the writers. Returns what stops them and gives the time that each of their transactions took. */
function startWriters(target: { path: string; binding: string }): () => Promise<number[]> {
  const writers = Array.from({ length: WRITERS }, () => {
    const args = ["--no-warnings", program, "writer", JSON.stringify(target)];
    const child = spawn(execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    return { child, said: () => said, closed: once(child, "close") };
  });
  return async () => {
    for (const { child } of writers) child.stdin.end();
    await Promise.all(writers.map(({ closed }) => closed));
    return writers.flatMap(({ said }) => JSON.parse(said()) as number[]);
  };
}

async function problemOf(
  manager: BackupManager,
  { name, directory, binding }: { name: string; directory: string; binding: string },
): Promise<string | undefined> {
  const to = join(directory, "out");
  await manager.extract(name, { to });
  const copy = connect(join(to, "app.db"), { binding });
  const [sums] = copy
    .prepare(
      "SELECT (SELECT sum(balance) FROM accounts) AS sum, (SELECT count(*) FROM moves) AS rows, moves FROM counts",
    )
    .all() as { sum: number; rows: number; moves: number }[];
  const checked = Object.values(copy.prepare("PRAGMA integrity_check").all()[0] as object)[0];
  copy.close();
  rmSync(to, { recursive: true });
  const isRight = sums?.sum === ACCOUNTS * BALANCE && sums.rows === sums.moves && checked === "ok";
  return isRight ? undefined : JSON.stringify({ ...sums, checked });
}
