import type { Stats } from "node:fs";
import { join } from "node:path";
import type { OpeningGuard, Substitutes } from "../archive/create/open-file-to-back-up.ts";
import { pathOf, type Walk, type WalkedEntry } from "../archive/create/walk-directory.ts";
import { WalkedDirectories } from "../archive/create/walked-directories.ts";
import type { SkippedEntry } from "../archive/skipped-entry.ts";
import type { Disk, ReadableFile } from "../disk/disk.ts";
import { filesOpenHere, OpenFilesWatch } from "../disk/open-files.ts";
import { StowageError } from "../errors.ts";
import { messageOf } from "../message-of.ts";
import type { ReportProgress } from "../progress.ts";
import { copyDatabase, WAYS_OUT } from "./copy-database.ts";
import type { DatabasesOption } from "./databases-option.ts";
import { fileInPlace } from "./file-in-place.ts";
import { openInHelper, statsOf } from "./helper-file.ts";
import { type HelperOptions, HelperProcess } from "./helper-process.ts";
import { mayBeOpenDatabase, type PlannedDatabase, planSnapshot, type SnapshotPlan } from "./plan-snapshot.ts";
import { makeSnapshotFolder, type SnapshotFolder, sweepSnapshots } from "./snapshot-folder.ts";

const LOCK_WAIT_MS = 10_000;

export interface SnapshotOptions {
  readonly disk: Disk;
  readonly signal: AbortSignal;
  /** Where the copies lie meanwhile. */
  readonly stateDir: string;
  readonly databases: DatabasesOption;
  /** How long the lock of a database is waited for, in milliseconds. Default 10,000. */
  readonly lockWaitMs?: number | undefined;
  /** How the helper is started. For tests. */
  readonly helper?: Omit<HelperOptions, "signal"> | undefined;
  /** Called once if there is something to copy, and returns what reports the work done. */
  phase(totals: { entriesTotal: number; bytesTotal: number }): ReportProgress;
}

/** What is to be archived in place of a walk. Disposing it ends the helper and removes the copies. */
export interface Snapshot extends AsyncDisposable {
  /** Without what belongs to a database that was copied. */
  readonly walk: Walk;
  /** Where entries are read that must not be opened where they lie: the copies, and in the helper what this process has open. */
  readonly reading: { readonly substitutes: Substitutes; readonly guard: OpeningGuard };
  readonly warnings: readonly SkippedEntry[];
}

/**
 * Copies the databases of a walk, each in one consistent state, and has the helper read what this process has open, so that no file
 * that is open here is opened here: `planSnapshot`, `copyDatabase`. `NO_SPACE` before anything is copied that would not fit.
 */
export async function takeSnapshot(walk: Walk, options: SnapshotOptions): Promise<Snapshot> {
  const taking = new SnapshotTaking(walk, options);
  try {
    await sweepSnapshots(options.disk, options.stateDir).catch(() => {}); // what it left is looked for again next time
    return await taking.take();
  } catch (error) {
    await Promise.allSettled([taking[Symbol.asyncDispose]()]);
    throw error;
  }
}

class SnapshotTaking implements Snapshot {
  walk: Walk;
  readonly warnings: SkippedEntry[] = [];
  readonly reading: Snapshot["reading"];
  readonly #substitutes = new Map<string, () => Promise<ReadableFile>>();
  readonly #options: SnapshotOptions;
  readonly #directories: WalkedDirectories;
  #helper: HelperProcess | undefined;
  #folder: SnapshotFolder | undefined;

  constructor(walk: Walk, options: SnapshotOptions) {
    this.walk = walk;
    this.#options = options;
    this.#directories = new WalkedDirectories(walk, options.disk);
    const open = new OpenFilesWatch();
    const guard = { isOpenHere: open.has.bind(open), openElsewhere: (name: string) => this.#openLate(name) };
    this.reading = { substitutes: this.#substitutes, guard };
  }

  async take(): Promise<this> {
    const plan = await planSnapshot(this.walk, {
      named: namesOf(this.#options.databases),
      startHelper: () => this.#startHelper(),
    });
    for (const entry of plan.openHere) this.#readInHelper(entry);
    this.#warnOfMissing(plan);
    if (this.#options.databases === "copy") this.#readAsTheyAre(plan.databases);
    else if (plan.databases.length > 0) await this.#copyAll(plan.databases);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#helper?.[Symbol.asyncDispose]();
    await this.#folder?.[Symbol.asyncDispose]();
  }

  #startHelper(): HelperProcess {
    const { signal, helper } = this.#options;
    try {
      this.#helper ??= new HelperProcess({ ...helper, signal });
      return this.#helper;
    } catch (error) {
      const why = messageOf(error);
      const message = `a database or a file that this process has open cannot be read, because no helper process can be started: ${why}; ${WAYS_OUT}`;
      throw new StowageError("DATABASE_IN_USE", message, { cause: error });
    }
  }

  #readInHelper({ name }: WalkedEntry): void {
    this.#substitutes.set(name, () => this.#openInHelper(name));
  }

  /** Opens what was no database at the walk and is open here by now. Without any helper it is read here, unless it became one. */
  async #openLate(name: string): Promise<ReadableFile> {
    try {
      return await this.#openInHelper(name);
    } catch (error) {
      if (!(error instanceof StowageError) || error.code !== "DATABASE_IN_USE") throw error;
      const path = pathOf(this.walk.root, name);
      const open = filesOpenHere();
      if (open === undefined || mayBeOpenDatabase(await this.#options.disk.lstat(path), open)) throw error;
      return this.#options.disk.openFile(path);
    }
  }

  async #openInHelper(name: string): Promise<ReadableFile> {
    return openInHelper(pathOf(this.walk.root, name), this.#startHelper());
  }

  #readAsTheyAre(databases: readonly PlannedDatabase[]): void {
    for (const { entry, sideFiles } of databases) {
      for (const file of [entry, ...sideFiles]) this.#readInHelper(file);
      this.warnings.push({ name: entry.name, reason: "database-copied-as-file" });
    }
  }

  /** A misspelt name would leave a database without what its application meant for it. */
  #warnOfMissing({ databases }: SnapshotPlan): void {
    const found = new Set(databases.map(({ entry }) => entry.name));
    for (const name of namesOf(this.#options.databases)) {
      if (!found.has(name)) this.warnings.push({ name, reason: "no-such-database" });
    }
  }

  async #copyAll(databases: readonly PlannedDatabase[]): Promise<void> {
    const { disk, stateDir } = this.#options;
    const bytesTotal = databases.reduce((total, database) => total + sizeOf(database), 0);
    this.#folder = await makeSnapshotFolder(disk, stateDir);
    await assertRoom(this.#options, bytesTotal);
    const report = this.#options.phase({ entriesTotal: databases.length, bytesTotal });
    const copied = new Map<WalkedEntry, WalkedEntry | undefined>();
    let bytesDone = 0;
    for (const [index, database] of databases.entries()) {
      const onProgress = (share: number) => {
        report({ entriesDone: index, bytesDone: bytesDone + Math.floor(share * sizeOf(database)) });
      };
      copied.set(database.entry, await this.#copy(database, join(this.#folder.path, `${index}.db`), onProgress));
      for (const side of database.sideFiles) copied.set(side, undefined);
      bytesDone += sizeOf(database);
      report({ entriesDone: index + 1, bytesDone });
    }
    this.walk = replaced(this.walk, copied);
  }

  /** Returns the entry as it goes into the archive, or nothing if it is gone. */
  async #copy(
    database: PlannedDatabase,
    to: string,
    onProgress: (share: number) => void,
  ): Promise<WalkedEntry | undefined> {
    const { disk, signal, databases, lockWaitMs = LOCK_WAIT_MS } = this.#options;
    const { entry } = database;
    const own = typeof databases === "object" ? databases[entry.name] : undefined;
    const startHelper = () => this.#startHelper();
    const place = () => fileInPlace(entry, this.walk, { disk, directories: this.#directories });
    const outcome = await copyDatabase(database, {
      root: this.walk.root,
      disk,
      signal,
      to,
      own,
      fileInPlace: place,
      startHelper,
      onProgress,
      lockWaitMs,
    });
    if (outcome !== "copied") this.warnings.push({ name: entry.name, reason: outcome });
    if (outcome === "vanished") return undefined;
    this.#substitutes.set(entry.name, () => openCopy(to, entry, disk));
    return { ...entry, size: (await disk.lstat(to)).size };
  }
}

function namesOf(databases: DatabasesOption): string[] {
  return typeof databases === "object" ? Object.keys(databases) : [];
}

function sizeOf({ entry, sideFiles }: PlannedDatabase): number {
  return sideFiles.reduce((total, { size }) => total + size, entry.size);
}

async function assertRoom({ disk, stateDir }: SnapshotOptions, size: number): Promise<void> {
  const free = await disk.freeSpace(stateDir);
  if (free >= size) return;
  const message = `the copies of the databases may take ${size} bytes, and ${stateDir} has ${free} free; stateDir can lie elsewhere`;
  throw new StowageError("NO_SPACE", message);
}

function replaced(walk: Walk, copied: ReadonlyMap<WalkedEntry, WalkedEntry | undefined>): Walk {
  const entries = walk.entries.flatMap((entry) => (copied.has(entry) ? (copied.get(entry) ?? []) : [entry]));
  return { ...walk, entries, size: entries.reduce((total, { size }) => total + size, 0) };
}

/** A copy, with the mode, the time and the identity of what it is a copy of. */
async function openCopy(
  path: string,
  { dev, ino, mode, modifiedAtMs }: WalkedEntry,
  disk: Disk,
): Promise<ReadableFile> {
  const file = await disk.openFile(path);
  const stat = async (): Promise<Stats> => {
    const { size, ctimeMs } = await file.stat();
    return statsOf({ dev, ino, mode, size, mtimeMs: modifiedAtMs, ctimeMs });
  };
  const { descriptor } = file;
  return {
    ...(descriptor !== undefined && { descriptor }),
    stat,
    read: (buffer, position) => file.read(buffer, position),
    close: () => file.close(),
  };
}
