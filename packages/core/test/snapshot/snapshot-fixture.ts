import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { type Walk, walkDirectory } from "../../src/archive/create/walk-directory.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { type Snapshot, type SnapshotOptions, takeSnapshot } from "../../src/snapshot/take-snapshot.ts";
import { bundleHelper, installBinding, programThatImports } from "./bundle-application.ts";
import { BETTER_SQLITE, type NodeProgram } from "./node-programs.ts";

/** The programs of helpers: one that finds better-sqlite3, if it is there, and one that does not. */
export function helperPrograms(): (node: Pick<NodeProgram, "path" | "canCopy">) => {
  execPath: string;
  program: string;
} {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "stowage-helper-"));
    for (const name of ["plain", "equipped"]) {
      await mkdir(join(directory, name));
      await bundleHelper(join(directory, name));
    }
    await installBinding(join(directory, "equipped"), BETTER_SQLITE);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));
  return ({ path, canCopy }) => {
    const place = join(directory, canCopy ? "equipped" : "plain");
    const modules = `process.env.NODE_PATH = ${JSON.stringify(join(place, "node_modules"))}; require("node:module")._initPaths();`;
    return { execPath: path, program: modules + programThatImports(join(place, "sqlite-helper.js")) };
  };
}

/** A data directory, and a place for copies outside of it. */
export async function makePlaces(): Promise<{ dataDir: string; stateDir: string }> {
  const directory = await temporaryDirectory();
  const places = { dataDir: join(directory, "data"), stateDir: join(directory, "state") };
  await mkdir(places.dataDir);
  return places;
}

export async function walkOf(dataDir: string): Promise<Walk> {
  const { signal } = new AbortController();
  return walkDirectory(dataDir, { disk: nodeDisk, isExcluded: () => false, onUnreadable: "fail", signal });
}

/** Takes a snapshot, which is disposed when the test has finished. */
export async function snapshotOf(
  { dataDir, stateDir }: { dataDir: string; stateDir: string },
  options: Partial<SnapshotOptions>,
): Promise<Snapshot> {
  const { signal } = new AbortController();
  const defaults = { disk: nodeDisk, signal, stateDir, databases: "auto", phase: () => () => {} } as const;
  const snapshot = await takeSnapshot(await walkOf(dataDir), { ...defaults, ...options });
  onTestFinished(() => snapshot[Symbol.asyncDispose]());
  return snapshot;
}

/** The bytes that the archive would hold under a name, if they do not come from the file itself. */
export async function substituteOf({ reading: { substitutes } }: Snapshot, name: string): Promise<Buffer | undefined> {
  const file = await substitutes.get(name)?.();
  if (!file) return undefined;
  const bytes = Buffer.alloc((await file.stat()).size);
  await file.read(bytes, 0);
  await file.close();
  return bytes;
}

/** What lies in a directory; nothing if it is missing. */
export async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
