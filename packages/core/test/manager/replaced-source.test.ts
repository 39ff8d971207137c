import { execFileSync } from "node:child_process";
import { cp, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import type { BackupManagerOptions } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { canMount, mountOn } from "../restore/real-mounts.ts";
import { DATA, keysOf, makeManager } from "./manager-fixture.ts";

const AWAY: [string, (dataDir: string) => Promise<void>][] = [
  ["renamed away", (dataDir) => rename(dataDir, `${dataDir}-away`)],
  ["removed", (dataDir) => rm(dataDir, { recursive: true })],
  ["replaced by an equal one", (dataDir) => replaceBy(dataDir, (copy) => rename(copy, dataDir))],
  ["replaced by a link to another", (dataDir) => replaceBy(dataDir, (copy) => symlink(copy, dataDir))],
];

it.each(AWAY)("a data directory that is %s while the archive is made is SOURCE_CHANGED", async (_, change) => {
  const { manager, filesystem } = await changing("file.close", change);

  await expect(manager.create()).rejects.toMatchObject({ code: "SOURCE_CHANGED", retryable: true });

  expect(await keysOf(filesystem)).toEqual([]);
});

it.each(AWAY)("a data directory that is %s before a file is opened is SOURCE_CHANGED", async (_, change) => {
  const { manager, filesystem } = await changing("openFile", change, { onUnreadable: "skip" });

  await expect(manager.create()).rejects.toMatchObject({ code: "SOURCE_CHANGED" });

  expect(await keysOf(filesystem)).toEqual([]);
});

it("a required file that vanishes after the walk is SOURCE_CHANGED, another one a warning", async () => {
  for (const [requiredFiles, expected] of [[["data.db"], "SOURCE_CHANGED"] as const, [[], undefined] as const]) {
    const remove = (dataDir: string) => rm(`${dataDir}/data.db`);
    const { manager, filesystem } = await changing("openFile", remove, { requiredFiles });

    const outcome = await manager.create().then(
      ({ warnings }) => warnings,
      ({ code }) => code,
    );

    expect(outcome).toEqual(expected ?? [{ name: "data.db", reason: "vanished" }]);
    expect(await keysOf(filesystem)).toHaveLength(expected ? 0 : 1);
  }
});

it("a data directory that is a link, and files that are saved by renaming, are nothing to fail for", async () => {
  const { dataDir, filesystem } = await makeManager();
  await symlink(dataDir, `${dataDir}-link`);
  const save = async () => {
    await writeFile(`${dataDir}/data.tmp`, "saved");
    await rename(`${dataDir}/data.tmp`, `${dataDir}/data.db`);
  };
  const { manager } = await changing("openFile", save, { dataDir: `${dataDir}-link`, filesystem });

  expect((await manager.create()).entries).toBe(6);
});

it("a directory that the application makes again, or removes, is nothing to fail for", async () => {
  for (const isMadeAgain of [true, false]) {
    const renew = async (dataDir: string) => {
      await rename(`${dataDir}/empty`, `${dataDir}-empty`);
      if (isMadeAgain) await mkdir(`${dataDir}/empty`);
    };
    const { manager, filesystem } = await changing("openFile", renew);

    await manager.create();

    expect(await keysOf(filesystem)).toHaveLength(1);
  }
});

describe.runIf(canMount())("with real mounts", () => {
  it("a volume that is mounted over a directory after it was read is SOURCE_CHANGED", async () => {
    const { manager, filesystem } = await changing("file.close", async (dataDir) => mountOn(`${dataDir}/empty`));

    await expect(manager.create()).rejects.toMatchObject({ code: "SOURCE_CHANGED", retryable: true });

    expect(await keysOf(filesystem)).toEqual([]);
  });

  it("a volume that is unmounted meanwhile is SOURCE_CHANGED", async () => {
    let isDone = false;
    const unmounting = async (dataDir: string) => {
      isDone = true;
      execFileSync("umount", [`${dataDir}/volume`]);
    };
    const { manager, dataDir, filesystem } = await changing("file.close", unmounting);
    await mkdir(`${dataDir}/volume`);
    execFileSync("mount", ["-t", "tmpfs", "none", `${dataDir}/volume`]);
    onTestFinished(() => void (isDone || execFileSync("umount", [`${dataDir}/volume`])));

    await expect(manager.create()).rejects.toMatchObject({ code: "SOURCE_CHANGED" });

    expect([isDone, await keysOf(filesystem)]).toEqual([true, []]);
  });
});

/** A manager whose data directory is changed once, at its first call of the disk that begins so. */
async function changing(
  call: string,
  change: (dataDir: string) => Promise<void>,
  options: Partial<BackupManagerOptions> = {},
) {
  let isDone = false;
  const { disk } = faultyDisk(nodeDisk, {
    before: async (name) => {
      if (isDone || !name.startsWith(call)) return;
      isDone = true;
      await change(fixture.dataDir);
    },
  });
  const fixture = await makeManager({ data: DATA, ...options, disk });
  return fixture;
}

async function replaceBy(dataDir: string, put: (copy: string) => Promise<void>): Promise<void> {
  await cp(dataDir, `${dataDir}-copy`, { recursive: true });
  await rename(dataDir, `${dataDir}-away`);
  await put(`${dataDir}-copy`);
}
