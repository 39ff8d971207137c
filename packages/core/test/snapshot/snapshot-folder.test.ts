import { mkdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { needsRecovery, recover } from "../../src/index.ts";
import { currentProcess } from "../../src/lock/process-identity.ts";
import { makeSnapshotFolder, sweepSnapshots } from "../../src/snapshot/snapshot-folder.ts";
import { newSnapshotName } from "../../src/snapshot/snapshot-name.ts";
import { makePlaces, namesIn } from "./snapshot-fixture.ts";

/** Leaves copies behind, as a killed process does. */
async function leaveCopies(
  stateDir: string,
  owner: Partial<Awaited<ReturnType<typeof currentProcess>>>,
): Promise<string> {
  const name = newSnapshotName({ ...(await currentProcess()), ...owner });
  await mkdir(join(stateDir, name), { recursive: true });
  await writeFile(join(stateDir, name, "0.db"), "a copy");
  return name;
}

test("copies of a process that is gone are removed, and those of a living one stay", async () => {
  const { stateDir } = await makePlaces();
  await leaveCopies(stateDir, { startedAt: "1" });
  const living = await leaveCopies(stateDir, { pid: process.ppid, startedAt: await startOf(process.ppid) });
  await using own = await makeSnapshotFolder(nodeDisk, stateDir);

  await sweepSnapshots(nodeDisk, stateDir);

  const names = await namesIn(stateDir);
  expect(names).toContain(living);
  expect(names.map((name) => join(stateDir, name))).toContain(own.path);
  expect(names).toHaveLength(2);
});

test("copies of another host stay until nobody touched them for an hour", async () => {
  const { stateDir } = await makePlaces();
  const fresh = await leaveCopies(stateDir, { host: "0123456789ab" });
  const old = await leaveCopies(stateDir, { host: "0123456789ab" });
  const before = new Date(Date.now() - 3_700_000);
  await utimes(join(stateDir, old), before, before);

  await sweepSnapshots(nodeDisk, stateDir);

  expect(await namesIn(stateDir)).toEqual([fresh]);
});

test("what is not ours stays, and a folder that was made for copies goes with them", async () => {
  const { stateDir } = await makePlaces();
  await mkdir(stateDir);
  await writeFile(join(stateDir, "snapshot-of-mine"), "");
  await leaveCopies(stateDir, { startedAt: "1" });

  await sweepSnapshots(nodeDisk, stateDir);
  expect(await namesIn(stateDir)).toEqual(["snapshot-of-mine"]);

  const inner = join(stateDir, "made");
  const folder = await makeSnapshotFolder(nodeDisk, inner);
  expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
  await folder[Symbol.asyncDispose]();
  expect(await namesIn(stateDir)).toEqual(["snapshot-of-mine"]);
});

test("directories that were made for copies go with them, as far as nothing else came", async () => {
  const { stateDir } = await makePlaces();
  const folder = await makeSnapshotFolder(nodeDisk, join(stateDir, "some", "where"));
  await folder[Symbol.asyncDispose]();
  expect(await namesIn(dirname(stateDir))).toEqual(["data"]);

  const other = await makeSnapshotFolder(nodeDisk, join(stateDir, "some", "where"));
  await writeFile(join(stateDir, "came"), "");
  await other[Symbol.asyncDispose]();
  expect(await namesIn(stateDir)).toEqual(["came"]);
});

test("copies need no recovery, and a recovery leaves them alone", async () => {
  const { dataDir } = await makePlaces();
  const name = await leaveCopies(join(dataDir, ".stowage"), {});

  expect(await needsRecovery(dataDir)).toBe(false);
  expect(await recover(dataDir)).toBe("none");

  expect(await namesIn(join(dataDir, ".stowage"))).toEqual([name]);
});

/** Clock ticks from the boot to the start of another process. */
async function startOf(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, "latin1");
  return line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
