// A program of its own, started by `HelperProcess`. It is bundled into one text: see programs.ts.

import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, type Stats, statSync } from "node:fs";
import { copyFile, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { FileIdentity } from "../disk/open-files.ts";
import { READ_FLAGS } from "../disk/open-flags.ts";
import { PLATFORM } from "../disk/platform.ts";
import { statCallsOn } from "../disk/stat-calls.ts";
import { codeOf } from "./helper-failure.ts";
import type { FileFacts, FileKind, HelperAnswer, HelperJob, HelperRequest } from "./helper-protocol.ts";
import type { BetterConnection, Binding, Connection, NodeSqlite, Report } from "./sqlite-binding.ts";

/** Pages of one step of a copy. The copy holds one read transaction, so that no writer can make it start again between steps. */
const PAGES_AT_ONCE = 2048;
/** A file that was written so recently may be written again without a later time: the clock of file systems is coarse. */
const CALM_MS = 100;
const CALM_ATTEMPTS = 5;
/** "SQLite format 3\0", fileformat2.html § 1.3; the log's magic numbers, § 4.1; the journal's, § 3. */
const MAGIC: readonly [FileKind, string][] = [
  ["database", "53514c69746520666f726d6174203300"],
  ["log", "377f068"],
  ["journal", "d9d505f920a163d7"],
];

const stats = statCallsOn(PLATFORM);
let jobs = Promise.resolve();

process.on("message", ({ id, job }: HelperRequest) => {
  const report: Report = (progress) => answer({ id, progress });
  jobs = jobs
    .then(() => run(job, report))
    .then(
      (result) => answer({ id, result }),
      (error: unknown) => answer({ id, failure: { code: codeOf(error), message: messageOf(error) } }),
    );
});
process.on("disconnect", () => process.exit()); // the process that started this one is gone

function answer(message: HelperAnswer): void {
  process.send?.(message);
}

async function run(job: HelperJob, report: Report): Promise<unknown> {
  switch (job.kind) {
    case "identify":
      return job.paths.map(identify);
    case "copy":
      return copyThroughSqlite(job, report);
    case "copy-quiet":
      return copyQuiet(job);
    case "check":
      return check(job);
    case "find-binding":
      return void bindingOf(job.lookIn);
    case "open":
      return openSync(job.path, READ_FLAGS);
    case "stat":
      return factsOf(stats.ofDescriptor(job.handle));
    case "read":
      return read(job);
    case "close":
      return closeSync(job.handle);
  }
}

/** A file that cannot be read is none of ours: whoever reads it for the archive says so. */
function identify(path: string): FileKind {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, READ_FLAGS);
    const head = Buffer.alloc(16);
    const size = fstatSync(descriptor).isFile() ? readSync(descriptor, head, 0, head.length, 0) : 0;
    const hex = head.toString("hex", 0, size);
    return MAGIC.find(([, magic]) => hex.startsWith(magic))?.[0] ?? "other";
  } catch {
    return "other";
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function read({ handle, position, size }: Extract<HelperJob, { kind: "read" }>): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  for (let count = 1; count > 0 && filled < size; filled += count) {
    count = readSync(handle, bytes, filled, size - filled, position + filled);
  }
  return bytes.subarray(0, filled);
}

function factsOf({ dev, ino, mode, size, mtimeMs, ctimeMs }: Stats): FileFacts {
  return { dev, ino, mode, size, mtimeMs, ctimeMs };
}

async function copyThroughSqlite(
  { from, to, lookIn, waitMs, identity }: Extract<HelperJob, { kind: "copy" }>,
  report: Report,
): Promise<void> {
  const binding = bindingOf(lookIn);
  const source = binding.open(from, waitMs);
  try {
    source.exec(`PRAGMA busy_timeout = ${waitMs}; BEGIN`);
    source.prepare("SELECT count(*) FROM sqlite_schema").all(); // takes the lock that BEGIN does not
    assertHasOpen(identity);
    await binding.copy(source, to, report);
  } finally {
    source.close();
  }
}

function check({ path, isFull, lookIn }: Extract<HelperJob, { kind: "check" }>): string[] {
  const database = bindingOf(lookIn).openAlone(path);
  try {
    const rows = database.prepare(`PRAGMA ${isFull ? "integrity_check" : "quick_check"}`).all();
    const problems = rows.map((row) => String(Object.values(row as object)[0]));
    return problems.filter((problem) => problem !== "ok");
  } finally {
    database.close();
  }
}

/**
 * SQLite opens by path, and the path may lead elsewhere by then. What this process has open tells, where the system lists it: by path,
 * since Deno does not know the numbers of what its SQLite has open.
 */
function assertHasOpen(identity: FileIdentity): void {
  const open = openDescriptors();
  if (open && !open.some((path) => isFile(() => statSync(path), identity))) {
    throw failure("MOVED", "another file took its place");
  }
}

function openDescriptors(): string[] | undefined {
  try {
    const list = PLATFORM.descriptors ?? "";
    return readdirSync(list).map((name) => `${list}/${name}`);
  } catch {
    return undefined;
  }
}

function isFile(look: () => Stats, { dev, ino }: FileIdentity): boolean {
  try {
    const found = look();
    return found.dev === dev && found.ino === ino;
  } catch {
    return false; // the descriptor of the list itself, which is closed by now
  }
}

async function copyQuiet({ from, to, identity }: Extract<HelperJob, { kind: "copy-quiet" }>): Promise<void> {
  for (let attempt = 1; attempt <= CALM_ATTEMPTS; attempt += 1) {
    const before = await calmState(from);
    if (before !== undefined) {
      await copyBytes(from, to, identity);
      if ((await calmState(from)) === before) return;
    }
    await pause(CALM_MS);
  }
  throw failure("IN_USE", "somebody has it open or is writing to it");
}

async function copyBytes(from: string, to: string, identity: FileIdentity): Promise<void> {
  const descriptor = openSync(from, READ_FLAGS);
  try {
    if (!isFile(() => stats.ofDescriptor(descriptor), identity)) throw failure("MOVED", "another file took its place");
    const isListed = PLATFORM.reachesDescriptors && openDescriptors() !== undefined;
    await copyFile(isListed ? `/proc/self/fd/${descriptor}` : from, to, constants.COPYFILE_FICLONE);
  } finally {
    closeSync(descriptor);
  }
}

/** Describes a database that rests: nothing waits in a log or journal, and nobody wrote just before. Nothing if it does not. */
async function calmState(path: string): Promise<string | undefined> {
  for (const suffix of ["-wal", "-journal"]) {
    const side = await stat(`${path}${suffix}`).catch(() => undefined);
    if (side !== undefined && side.size > 0) return undefined;
  }
  const { dev, ino, size, mtimeNs, ctimeNs, mtimeMs } = await stat(path, { bigint: true });
  if (Math.abs(Date.now() - Number(mtimeMs)) < CALM_MS) return undefined;
  return [dev, ino, size, mtimeNs, ctimeNs].join();
}

function bindingOf(lookIn: readonly string[]): Binding {
  const builtIn = nodeSqlite();
  if (builtIn) return builtIn;
  const failures: string[] = [];
  for (const place of lookIn) {
    try {
      return betterSqlite(createRequire(place)("better-sqlite3"));
    } catch (error) {
      failures.push(messageOf(error).split("\n", 1)[0] ?? "");
    }
  }
  const why = [...new Set(failures)].join("; ");
  throw failure("NO_BINDING", `Node ${process.versions.node} has no node:sqlite that can copy, and ${why}`);
}

/** From Node 22.16 on there is a `backup`; before, the module has none or needs a flag. */
function nodeSqlite(): Binding | undefined {
  const module = process.getBuiltinModule?.("node:sqlite") as NodeSqlite | undefined;
  const { DatabaseSync, backup } = module ?? {};
  if (!DatabaseSync || !backup) return undefined;
  return {
    open: (path) => new DatabaseSync(`${pathToFileURL(path).href}?mode=rw`), // not "rwc", which would make a file
    openAlone: (path) => new DatabaseSync(`${pathToFileURL(path).href}?mode=ro&immutable=1`),
    copy: (from, to, report) => backup(from, to, { rate: PAGES_AT_ONCE, progress: reporting(report) }),
  };
}

function betterSqlite(Database: new (path: string, options: object) => Connection): Binding {
  return {
    open: (path, timeout) => new Database(path, { fileMustExist: true, timeout }),
    openAlone: (path) => new Database(path, { fileMustExist: true }),
    copy: (from, to, report) => (from as BetterConnection).backup(to, { progress: reporting(report) }),
  };
}

/** What it returns is how many pages better-sqlite3 copies next. */
function reporting(report: Report): (pages: { remainingPages: number; totalPages: number }) => number {
  return ({ remainingPages, totalPages }) => {
    report({ done: totalPages - remainingPages, total: totalPages });
    return PAGES_AT_ONCE;
  };
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
