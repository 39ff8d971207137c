import { mkdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SeededRandom } from "@stowage/test-kit/random";
import { expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { currentProcess } from "../../src/lock/process-identity.ts";
import { newClaimName } from "../../src/restore/folder/claim-name.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { type Beside, createBesideRestore } from "./create-beside-restore.ts";
import { keysOf, makeManager } from "./manager-fixture.ts";

it.each<Beside>(["two storages", "the lock of the process"])(
  "creates beside a restore with %s hold everything or are refused",
  async (beside) => {
    const { stored, refused } = await createBesideRestore(beside, 4, new SeededRandom(7));

    expect(stored + refused).toBe(4);
  },
);

it("another process that restores the data directory makes a create BUSY, before a file is opened", async () => {
  const { disk, calls } = faultyDisk(nodeDisk);
  const { manager, dataDir } = await makeManager({ disk });
  await putClaim(dataDir);

  await expect(manager.create()).rejects.toMatchObject({ code: "BUSY", message: expect.stringContaining("restores") });

  expect(calls.filter((call) => call.startsWith("openFile"))).toEqual([]);
});

it("one that begins after the walk does so too, and nothing is stored", async () => {
  const { manager, filesystem } = await interrupted((dataDir) => putClaim(dataDir));

  await expect(manager.create()).rejects.toMatchObject({ code: "BUSY" });

  expect(await keysOf(filesystem)).toEqual([]);
});

it("a claim of a process that has died is in no create's way", async () => {
  const { manager, dataDir } = await makeManager();
  await putClaim(dataDir, "1");

  expect((await manager.create()).entries).toBe(6);
});

it("a swap that a process begins and dies of while the archive is made is RECOVERY_REQUIRED", async () => {
  const { manager, filesystem } = await interrupted(async (dataDir) => {
    await mkdir(join(dataDir, ".stowage"));
    await writeFile(join(dataDir, ".stowage/swap.json"), "");
  });

  await expect(manager.create()).rejects.toMatchObject({ code: "RECOVERY_REQUIRED" });

  expect(await keysOf(filesystem)).toEqual([]);
});

it("a restore that has ended and keeps what it replaced makes a create BUSY that began before it", async () => {
  const { manager, filesystem } = await interrupted(async (dataDir) => {
    await mkdir(join(dataDir, ".stowage/0b5e1c1e-8f0c-4a52-9b3a-3a1d6d1f7c11"), { recursive: true });
  });

  await expect(manager.create()).rejects.toMatchObject({ code: "BUSY" });

  expect(await keysOf(filesystem)).toEqual([]);
});

it("files that were all exchanged for older ones, as by a restore that left no trace, are SOURCE_CHANGED", async () => {
  const { manager, filesystem } = await interrupted(async (dataDir) => {
    for (const name of ["data.db", "logs/app.log", "uploads/größe 😀.txt"])
      await replace(join(dataDir, name), 1_500_000_000);
  });

  await expect(manager.create()).rejects.toMatchObject({ code: "SOURCE_CHANGED" });

  expect(await keysOf(filesystem)).toEqual([]);
});

it("an application that saves all of its files by renaming is backed up", async () => {
  const { manager } = await interrupted((dataDir) => replace(join(dataDir, "data.json"), Date.now() / 1_000 + 1), {
    "data.json": "{}",
  });

  expect(await manager.create()).toMatchObject({ entries: 1, warnings: [] });
});

/** A manager whose data directory is changed when the first file is opened. */
async function interrupted(change: (dataDir: string) => Promise<void>, data?: Record<string, string>) {
  let isDone = false;
  const { disk } = faultyDisk(nodeDisk, {
    before: async (call) => {
      if (isDone || !call.startsWith("openFile")) return;
      isDone = true;
      await change(fixture.dataDir);
    },
  });
  const fixture = await makeManager({ disk, ...(data && { data }) });
  return fixture;
}

/** Puts a claim of a process of this host, which has another time of its start than the process with that id if it is dead. */
async function putClaim(dataDir: string, startedAt?: string): Promise<void> {
  const stat = await readFile(`/proc/${process.ppid}/stat`, "latin1");
  const found = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  const identity = { ...(await currentProcess()), pid: process.ppid, startedAt: startedAt ?? found, thread: 0 };
  await mkdir(join(dataDir, ".stowage", newClaimName(identity)), { recursive: true });
}

async function replace(path: string, modifiedAt: number): Promise<void> {
  const other = `${path}.new`;
  await writeFile(other, "replaced");
  await utimes(other, modifiedAt, modifiedAt);
  await rm(path);
  await rename(other, path);
}
