import type { Command } from "../run-program.ts";
import { peerFile, type ToolName, type Tools } from "../tools.ts";
import type { Job } from "./job.ts";

export type Operation = "create" | "restore";

/** A program of the system. */
interface ProgramRun {
  readonly tool: ToolName;
  readonly command: (program: string, job: Job) => Command;
}

/** A library, in a Node process of its own. */
interface ClientRun {
  readonly client: string;
}

export interface Contender {
  /** What `--peer` calls it. One name may make and restore. */
  readonly name: string;
  readonly title: string;
  readonly operation: Operation;
  readonly run: ProgramRun | ClientRun;
  /** Whether what it extracts has the modes of the archive. */
  readonly keepsModes: boolean;
  /** Whether it reads the reference archive, which another program made, and not Stowage's. */
  readonly readsForeign: boolean;
  /** Whether `--quick` leaves it out, because it takes long and tells little. */
  readonly isLong: boolean;
}

export const STOWAGE = "stowage";
/** The restore of an archive that another program made. */
export const STOWAGE_FOREIGN = "stowage-foreign";
/** What is compared with in charts: PocketBase's algorithm. */
export const REFERENCE = "go";

const LEVEL_1 = ["--options", "zip:compression-level=1"];
const QUIET_7Z = ["-bso0", "-bsp0"];

/** Everybody who makes archives. All on level 1, but for those that are called default. */
const CREATORS: readonly Contender[] = [
  of("create", STOWAGE, "Stowage", { client: "stowage-create" }),
  of("create", REFERENCE, "Go, as PocketBase", {
    tool: "go",
    command: (program, { source, archive }) => ({ program, args: ["create", source, archive] }),
  }),
  of("create", "zip", "Info-ZIP zip -1", {
    tool: "zip",
    command: (program, { source, archive }) => ({ program, args: ["-1", "-r", "-q", archive, "."], directory: source }),
  }),
  of("create", "7z", "7-Zip -tzip -mx1 -mmt", {
    tool: "7z",
    command: (program, { source, archive }) => {
      return { program, args: ["a", "-tzip", "-mx1", "-mmt=on", ...QUIET_7Z, archive, "."], directory: source };
    },
  }),
  of("create", "bsdtar", "bsdtar --format zip, level 1", {
    tool: "bsdtar",
    command: (program, { source, archive }) => {
      return { program, args: ["--format", "zip", ...LEVEL_1, "-cf", archive, "-C", source, "."] };
    },
  }),
  of("create", "python", "Python zipfile, level 1", {
    tool: "python3",
    command: (program, { source, archive }) => ({ program, args: [peerFile("zipfile-create.py"), source, archive] }),
  }),
  of("create", "archiver-1", "archiver, level 1", { client: "archiver-1" }),
  of("create", "archiver", "archiver, default level", { client: "archiver" }, { isLong: true }),
  of("create", "yazl-1", "yazl, level 1", { client: "yazl-1" }),
  of("create", "yazl", "yazl, default level", { client: "yazl" }, { isLong: true }),
];

/** Everybody who extracts. All read the archive that Stowage made, but for one run of Stowage itself. */
const RESTORERS: readonly Contender[] = [
  of("restore", STOWAGE, "Stowage, own archive", { client: "stowage-restore" }),
  of("restore", STOWAGE_FOREIGN, "Stowage, archive of another", { client: "stowage-restore" }, { readsForeign: true }),
  of("restore", REFERENCE, "Go, as PocketBase", {
    tool: "go",
    command: (program, { archive, target }) => ({ program, args: ["extract", archive, target] }),
  }),
  of("restore", "unzip", "unzip", {
    tool: "unzip",
    command: (program, { archive, target }) => ({ program, args: ["-qq", "-o", archive, "-d", target] }),
  }),
  of("restore", "7z", "7-Zip x", {
    tool: "7z",
    command: (program, { archive, target }) => ({ program, args: ["x", "-y", ...QUIET_7Z, `-o${target}`, archive] }),
  }),
  of("restore", "bsdtar", "bsdtar -x", {
    tool: "bsdtar",
    command: (program, { archive, target }) => ({ program, args: ["-xf", archive, "-C", target] }),
  }),
  of("restore", "python", "Python zipfile", pythonExtract(), { keepsModes: false }),
  of("restore", "yauzl", "yauzl, one by one", { client: "yauzl" }),
  of("restore", "yauzl-4", "yauzl, four at once", { client: "yauzl-4" }),
  of("restore", "extract-zip", "extract-zip", { client: "extract-zip" }, { isLong: true }),
];

export const CONTENDERS: readonly Contender[] = [...CREATORS, ...RESTORERS];

/** What `--peer` may name. */
export const PEER_NAMES = namesOf(CONTENDERS);
/** Who takes part in a quick run unless others are named. */
export const QUICK_PEER_NAMES = namesOf(CONTENDERS.filter(({ isLong }) => !isLong));

/** Whether it can run with the tools that are there. */
export function isRunnable({ run }: Contender, { found }: Tools): boolean {
  return "client" in run || found.has(run.tool);
}

function namesOf(contenders: readonly Contender[]): string[] {
  return [...new Set(contenders.map(({ name }) => name))].filter((name) => !name.startsWith(STOWAGE));
}

type Trait = Partial<Pick<Contender, "keepsModes" | "readsForeign" | "isLong">>;

function of(operation: Operation, name: string, title: string, run: Contender["run"], trait: Trait = {}): Contender {
  return { name, title, operation, run, keepsModes: true, readsForeign: false, isLong: false, ...trait };
}

function pythonExtract(): ProgramRun {
  const script = peerFile("zipfile-extract.py");
  return { tool: "python3", command: (program, { archive, target }) => ({ program, args: [script, archive, target] }) };
}
