import type { Tree } from "@stowage/test-kit/tree";

export interface Scenario {
  /** Undefined: there is no data directory yet. */
  readonly old: Tree | undefined;
  readonly archive: Tree;
  /** What lies there after the restore. */
  readonly restored: Tree;
  readonly exclude?: readonly string[];
  /** Mounts below the data directory, which are restored too. */
  readonly mounts?: readonly string[];
  /** What an application that was not closed does after a rename: a file that it writes must never be lost. */
  readonly disturbances?: readonly Disturbance[];
  readonly keepPrevious?: boolean;
  /** Whether everything that is staged is made durable at once. */
  readonly syncsFileSystem?: boolean;
  /** What lay there when the archive was made, which it does not hold and says so, and lies there still. */
  readonly leftOut?: Tree;
  /** Globs of the manager that made the archive. */
  readonly creatorExcludes?: readonly string[];
  /** Names of the old data that no archive can hold: once it is replaced, they lie in `lost`, or with the previous data that is kept. */
  readonly lost?: readonly string[];
  /** What follows the restore. */
  readonly afterwards?: "confirm" | "rollback";
  /** The error of each call that matches, in the restore. */
  readonly fault?: Fault;
  /** The same in each recovery. */
  readonly recoveryFault?: Fault;
}

export interface Fault {
  readonly at: RegExp;
  /** Only this one of the calls that match. */
  readonly nth?: number;
  readonly code: string;
}

export interface Disturbance {
  readonly after: RegExp;
  readonly deletes?: string;
  readonly writes?: { readonly name: string; readonly content: string };
}

const OLD: Tree = {
  "data.db": "old database",
  "data.db-wal": "old log",
  "only-old": "old",
  "storage/a": "old",
  "storage/empty/": "",
};
const NEW: Tree = {
  "data.db": "new database",
  "only-new": "new",
  "storage/b": "new",
  "storage/deep/c": "new",
};

const DATABASE: Scenario = { old: OLD, archive: NEW, restored: NEW };

const KEPT: Tree = { "backups/x.zip": "kept", "a/b/cache/k": "kept" };

const LEFT_OUT: Tree = { "cache/c": "excluded", "up/link": "-> a" };

/** Links that the archive says it skipped, and others that it knows nothing of. "-> " in a content makes it a link. */
const LINKED: Scenario = {
  old: { ...LEFT_OUT, "data.db": "old", current: "-> releases", "up/deep/l": "-> x", "up/gone": "old" },
  archive: { "data.db": "new", "up/a": "new" },
  restored: { ...LEFT_OUT, "data.db": "new", "up/a": "new" },
  leftOut: LEFT_OUT,
  creatorExcludes: ["cache"],
  lost: ["current", "up/deep/l"],
};

/** Links that the archive holds, of which one stands there as it is, one leads elsewhere, and one has a directory in its place. */
const HELD_LINKS: Scenario = {
  old: { "data.db": "old", same: "-> up", current: "-> up/old", "dir/a": "old", "up/old": "old" },
  archive: { "data.db": "new", same: "-> up", current: "-> up/new", dir: "-> up", "up/new": "new", "up/l": "-> new" },
  restored: { "data.db": "new", same: "-> up", current: "-> up/new", dir: "-> up", "up/new": "new", "up/l": "-> new" },
  lost: ["current"],
};

/** One mount on another, and the archive has nothing for the inner one. */
const MOUNTED: Scenario = {
  old: { "data.db": "old", "up/a": "old", "up/deep/b": "old" },
  archive: { "data.db": "new", "up/a": "new", "up/dir/came": "new" },
  restored: { "data.db": "new", "up/a": "new", "up/dir/came": "new" },
  mounts: ["up", "up/deep"],
};

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "a database with its log and directories": DATABASE,
  "a file system that is synced at once": { ...DATABASE, syncsFileSystem: true },
  "entries that are kept at every depth": {
    old: { ...KEPT, "data.db": "old", "a/gone": "old", "a/b/gone": "old", "q/r": "old" },
    archive: { "data.db": "new", "a/came": "new", "p/came": "new" },
    restored: { ...KEPT, "data.db": "new", "a/came": "new", "p/came": "new" },
    exclude: ["a/b/cache"],
  },
  "links that no archive holds": LINKED,
  "links that the archive holds": HELD_LINKS,
  "links on a mount": { ...LINKED, mounts: ["up"] },
  "links, an application that still writes, and previous data that is confirmed": {
    ...LINKED,
    keepPrevious: true,
    afterwards: "confirm",
    disturbances: [{ after: /swap\.json$/, writes: { name: "intruder", content: "an upload" } }],
  },
  "no data directory yet": { old: undefined, archive: { "data.db": "new" }, restored: { "data.db": "new" } },
  "mounts that are restored too": MOUNTED,
  "an application that still writes to a mount": {
    ...MOUNTED,
    disturbances: [{ after: /old\/up\/a$/, writes: { name: "up/dir", content: "an upload" } }],
  },
  "a move into a mount that fails": {
    ...MOUNTED,
    disturbances: [{ after: /data\/up\/dir$/, writes: { name: "up/deep/b", content: "an upload" } }],
    fault: { at: /rename .*\/new\/up\/a /, code: "EROFS" },
  },
  "a mount whose previous data is kept, then brought back": {
    ...MOUNTED,
    keepPrevious: true,
    afterwards: "rollback",
  },
  "an application that still writes": {
    old: OLD,
    archive: { ...NEW, "data.db-wal": "new log" },
    restored: { ...NEW, "data.db-wal": "new log" },
    disturbances: [
      { after: /swap\.json$/, deletes: "data.db-wal", writes: { name: "intruder", content: "old upload" } },
      { after: /data\/storage$/, writes: { name: "only-new", content: "an upload" } },
    ],
  },
  "an application that still writes, and a move in that fails": {
    ...DATABASE,
    disturbances: [{ after: /data\/storage$/, writes: { name: "only-old", content: "an upload" } }],
    fault: { at: /rename .*\/new\/data\.db /, code: "EIO" },
  },
  "a last sync that fails": { ...DATABASE, fault: { at: /syncDirectory .*\.stowage$/, nth: 3, code: "EIO" } },
  "a move out that fails": { ...DATABASE, fault: { at: /rename .*only-old .*\/old\//, code: "EBUSY" } },
  "a move in that fails": { ...DATABASE, fault: { at: /rename .*\/new\/data\.db /, code: "EXDEV" } },
  "a recovery that cannot end forward": {
    ...DATABASE,
    recoveryFault: { at: /rename .*swap.json .*done.json/, code: "EACCES" },
  },
  "a recovery that cannot move in": { ...DATABASE, recoveryFault: { at: /rename .*\/new\/only-new /, code: "EBUSY" } },
  "previous data that is kept": { ...DATABASE, keepPrevious: true },
  "previous data that is kept, then confirmed": { ...DATABASE, keepPrevious: true, afterwards: "confirm" },
  "previous data that is kept, then brought back": { ...DATABASE, keepPrevious: true, afterwards: "rollback" },
};

const NOT_OF_THE_ARCHIVE: Tree = { ...LEFT_OUT, "b\xe9": "not UTF-8", "a/b\xe9": "not UTF-8", "up/pipe": "fifo" };

/** With what only a real disk has: special files, and names that are not UTF-8. */
export const SPECIAL_FILES: Scenario = {
  old: { ...NOT_OF_THE_ARCHIVE, "data.db": "old", "run/app.sock": "socket", "run/p": "fifo", l: "-> up", "a/f": "old" },
  archive: { "data.db": "new", "up/a": "new", "a/f": "new" },
  restored: { ...NOT_OF_THE_ARCHIVE, "data.db": "new", "up/a": "new", "a/f": "new" },
  leftOut: { ...LEFT_OUT, "up/pipe": "fifo", "bad\\name": "skipped" },
  creatorExcludes: ["cache"],
  lost: ["run/app.sock", "run/p", "l"],
};

/** Those in which no state may be bad: all but one, a sync that fails before a kill, of which docs/restore.md tells. */
export const SWEPT_SCENARIOS = Object.entries(SCENARIOS).filter(([name]) => name !== "a last sync that fails");

export function scenarioCalled(name: string): Scenario {
  const scenario = SCENARIOS[name];
  if (!scenario) throw new Error(`no such scenario: ${name}`);
  return scenario;
}
