import { isDirectory, pathOf, type Walk, type WalkedEntry } from "../archive/create/walk-directory.ts";
import { type FileIdentity, filesOpenHere, type OpenFiles } from "../disk/open-files.ts";
import type { HelperProcess } from "./helper-process.ts";
import type { FileKind } from "./helper-protocol.ts";
import { hasSqliteHeader, hasSqliteHeaderAt, isWholePages } from "./sqlite-header.ts";

const SIDE_FILE = /-(?:wal|shm|journal)$/;

/** What of a walk must not simply be read. */
export interface SnapshotPlan {
  /** Databases, whose consistent copies are to be archived. Each with whether this process has it open. */
  readonly databases: readonly PlannedDatabase[];
  /** Files that this process has open and that are no databases: the helper reads them. */
  readonly openHere: readonly WalkedEntry[];
}

export interface PlanOptions {
  /** Files that are databases, whatever they look like. */
  readonly named: readonly string[];
  /** Throws where no process can be started. */
  startHelper(): HelperProcess;
}

export interface PlannedDatabase {
  readonly entry: WalkedEntry;
  readonly isOpenHere: boolean;
  /** Whether it has no header and yet a log or journal: it is encrypted, or not SQLite's. */
  readonly isOpaque: boolean;
  /** What lies beside it and is a part of it: its log, the log's index, its journal. */
  readonly sideFiles: readonly WalkedEntry[];
}

/**
 * Finds the databases of a walk, by their header, and the files that this process has open. Those, and whatever has a log or a
 * journal beside it, are looked at by the helper, which `startHelper` starts if it is needed.
 */
export async function planSnapshot(walk: Walk, { named, startHelper }: PlanOptions): Promise<SnapshotPlan> {
  const open = filesOpenHere();
  const suspects = suspectsOf(walk, { open, named });
  if (suspects.length === 0) return { databases: [], openHere: [] };
  const helper = helperFor(suspects, { root: walk.root, open, named, startHelper });
  const kinds: ReadonlyMap<string, FileKind> =
    helper === "unneeded" ? new Map() : await kindsOf(walk, suspects, helper);
  const sides = new Map(suspects.filter(({ name }) => SIDE_FILE.test(name)).map((entry) => [entry.name, entry]));
  const databases = suspects.flatMap((entry) => databaseOf(entry, { kinds, sides, open, named }) ?? []);
  if (helper === "unneeded") return { databases, openHere: [] };
  const planned = new Set(databases.flatMap(({ entry, sideFiles }) => [entry, ...sideFiles]));
  return { databases, openHere: suspects.filter((entry) => open?.has(entry) && !planned.has(entry)) };
}

function suspectsOf(
  walk: Walk,
  { open, named }: { open: OpenFiles | undefined; named: readonly string[] },
): WalkedEntry[] {
  const sides = walk.entries.filter(({ name }) => SIDE_FILE.test(name));
  const owners = new Set([...named, ...sides.map(({ name }) => name.replace(SIDE_FILE, ""))]);
  return walk.entries.filter((entry) => {
    if (isDirectory(entry)) return false;
    return isWholePages(entry.size) || open?.has(entry) || owners.has(entry.name) || SIDE_FILE.test(entry.name);
  });
}

/**
 * The helper, if a suspect must not be opened here. "unneeded" where there is none, and nothing that is open here looks like a database
 * but what the application copies itself: then the other files are read here, as they are without one.
 */
function helperFor(
  suspects: readonly WalkedEntry[],
  { root, open, named, startHelper }: PlanOptions & { readonly root: string; readonly open: OpenFiles | undefined },
): HelperProcess | "unneeded" | undefined {
  const isDelicate = (entry: WalkedEntry) => open === undefined || open.has(entry) || SIDE_FILE.test(entry.name);
  if (!suspects.some(isDelicate)) return undefined;
  try {
    return startHelper();
  } catch (error) {
    if (
      open === undefined ||
      suspects.some((entry) => mayBeDatabase(entry, { path: pathOf(root, entry.name), open, named }))
    )
      throw error;
    return "unneeded";
  }
}

function mayBeDatabase(
  entry: WalkedEntry,
  { path, open, named }: { path: string; open: OpenFiles; named: readonly string[] },
): boolean {
  if (named.includes(entry.name.replace(SIDE_FILE, ""))) return false; // it is not opened
  if (SIDE_FILE.test(entry.name)) return true;
  return open.has(entry) ? mayBeOpenDatabase(entry, open) : hasSqliteHeader(path);
}

/** Says whether a file that this process has open may be a database, through the descriptors of the application, so that none is closed. */
export function mayBeOpenDatabase(file: FileIdentity & { readonly size: number }, open: OpenFiles): boolean {
  return isWholePages(file.size) && open.descriptorsOf(file).some((each) => hasSqliteHeaderAt(each) !== false);
}

async function kindsOf(
  walk: Walk,
  suspects: readonly WalkedEntry[],
  helper: HelperProcess | undefined,
): Promise<ReadonlyMap<string, FileKind>> {
  const paths = suspects.map(({ name }) => pathOf(walk.root, name));
  const kinds = helper
    ? await helper.run<FileKind[]>({ kind: "identify", paths })
    : paths.map((path): FileKind => (hasSqliteHeader(path) ? "database" : "other")); // nobody here has them open
  return new Map(suspects.map(({ name }, index) => [name, kinds[index] ?? "other"]));
}

function databaseOf(
  entry: WalkedEntry,
  {
    kinds,
    sides,
    open,
    named,
  }: {
    kinds: ReadonlyMap<string, FileKind>;
    sides: ReadonlyMap<string, WalkedEntry>;
    open: OpenFiles | undefined;
    named: readonly string[];
  },
): PlannedDatabase | undefined {
  const sideFiles = ["-wal", "-shm", "-journal"].flatMap((suffix) => sides.get(`${entry.name}${suffix}`) ?? []);
  const isSqlite = kinds.get(entry.name) === "database";
  const isWritten = sideFiles.some(({ name }) => kinds.get(name) === "log" || kinds.get(name) === "journal");
  if (!isSqlite && !isWritten && !named.includes(entry.name)) return undefined;
  // A new database has no byte before its first transaction is over.
  return { entry, sideFiles, isOpenHere: open?.has(entry) ?? false, isOpaque: !isSqlite && entry.size > 0 };
}
