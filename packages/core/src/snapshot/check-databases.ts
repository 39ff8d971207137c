import { errnoOf } from "../disk/errno-of.ts";
import { pathBelow } from "../disk/path-below.ts";
import { StowageError } from "../errors.ts";
import { messageOf } from "../message-of.ts";
import { type HelperOptions, HelperProcess } from "./helper-process.ts";
import { lookIn } from "./look-in.ts";
import { hasSqliteHeader, isWholePages } from "./sqlite-header.ts";

/** How thoroughly databases of an archive are checked: by SQLite's quick_check, by its integrity_check, or not. */
export type DatabaseCheck = "quick" | "full" | "off";

const SIDE_FILES = ["-wal", "-journal"];
/** Bytes that are checked in a millisecond, at least. */
const CHECK_SPEED = 1000;

export interface CheckOptions {
  readonly mode: DatabaseCheck;
  readonly signal: AbortSignal;
  /** How the helper is started. For tests. */
  readonly helper?: Omit<HelperOptions, "signal"> | undefined;
}

/**
 * Has SQLite check the databases among files that were just written below a directory and that nobody has open. `INVALID_ARCHIVE`,
 * `database-damaged`, at the first that is not sound. Returns the names of those that could not be checked: without a binding, or
 * because the archive holds their log or journal too.
 */
export async function checkDatabases(
  directory: string,
  files: readonly { readonly name: string; readonly size: number }[],
  { mode, signal, helper }: CheckOptions,
): Promise<string[]> {
  if (mode === "off") return [];
  const candidates = files.filter(({ name, size }) => !name.endsWith("/") && isWholePages(size));
  const databases = candidates.filter(({ name }) => hasSqliteHeader(pathBelow(directory, name)));
  if (databases.length === 0) return [];
  const names = new Set(files.map(({ name }) => name));
  const [alone, others] = [[], []] as [typeof databases, typeof databases];
  for (const each of databases) (isAlone(each.name, names) ? alone : others).push(each);
  const unchecked = others.map(({ name }) => name);
  const started = startHelper({ ...helper, signal });
  if (!started) return databases.map(({ name }) => name);
  await using process = started;
  for (const { name, size } of alone) {
    const isChecked = await check(process, { path: pathBelow(directory, name), name, size, isFull: mode === "full" });
    if (!isChecked) unchecked.push(name);
  }
  return unchecked;
}

/** Says whether {@link checkDatabases} finds something to check databases with. */
export async function canCheckDatabases(options: HelperOptions): Promise<boolean> {
  const started = startHelper(options);
  if (!started) return false;
  await using process = started;
  try {
    await process.run({ kind: "find-binding", lookIn: lookIn() });
    return true;
  } catch (error) {
    if (errnoOf(error) !== "NO_BINDING") throw error;
    return false;
  }
}

/** Opening a database that has a log or a journal would change what was written. */
export function isAlone(name: string, names: ReadonlySet<string>): boolean {
  return SIDE_FILES.every((suffix) => !names.has(`${name}${suffix}`));
}

function startHelper(options: HelperOptions): HelperProcess | undefined {
  try {
    return new HelperProcess(options);
  } catch {
    return undefined;
  }
}

/** Says whether a database could be checked. */
async function check(
  helper: HelperProcess,
  { path, name, size, isFull }: { path: string; name: string; size: number; isFull: boolean },
): Promise<boolean> {
  try {
    const extraMs = size / CHECK_SPEED;
    const problems = await helper.run<string[]>({ kind: "check", path, isFull, lookIn: lookIn() }, { extraMs });
    if (problems.length > 0) throw damaged(name, problems[0] ?? "");
    return true;
  } catch (error) {
    if (error instanceof StowageError) throw error;
    if (errnoOf(error) === "DAMAGED") throw damaged(name, messageOf(error));
    return false;
  }
}

function damaged(name: string, problem: string): StowageError {
  const message = `${JSON.stringify(name)} is a damaged database, says SQLite: ${problem}; checkDatabases: "off" restores it all the same`;
  return new StowageError("INVALID_ARCHIVE", message, { reason: "database-damaged" });
}
