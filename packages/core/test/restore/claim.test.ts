import { spawnSync } from "node:child_process";
import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import type { Disk } from "../../src/disk/disk.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { needsRecovery, recover } from "../../src/index.ts";
import { currentProcess, type ProcessIdentity } from "../../src/lock/process-identity.ts";
import { type ClaimOptions, whileClaimed } from "../../src/restore/claim/claim.ts";
import { newClaimName } from "../../src/restore/folder/claim-name.ts";

const ELSEWHERE = { host: "0123456789ab", pid: 1 };

describe("a claim", () => {
  it("lies there while its owner works, and nothing is left after that", async () => {
    const dataDir = await temporaryDirectory();

    const during = await claimed({ dataDir }, async () => Object.keys(await readTree(dataDir)));

    expect(during).toMatchObject([expect.stringMatching(/^\.stowage\/claim-.*\/$/)]);
    expect(await readTree(dataDir)).toEqual({});
  });

  it("keeps everybody else out, in the same thread too", async () => {
    const dataDir = await temporaryDirectory();

    const second = claimed({ dataDir }, () => claimed({ dataDir, patienceMs: 0 }, async () => {}));

    await expect(second).rejects.toMatchObject({ code: "BUSY" });
  });

  it("is waited for", async () => {
    const dataDir = await temporaryDirectory();
    const order: string[] = [];
    let second = Promise.resolve();
    let looks = 0;

    await claimed({ dataDir }, async () => {
      await new Promise<void>((hasLooked) => {
        const disk: Disk = {
          ...nodeDisk,
          readDirectory: (path) => {
            if (++looks === 3) hasLooked();
            return nodeDisk.readDirectory(path);
          },
        };
        second = claimed({ dataDir, disk }, async () => void order.push("second"));
      });
      order.push("first");
    });
    await second;

    expect(order).toEqual(["first", "second"]);
  });

  it("is made again when the empty folder around it was removed meanwhile", async () => {
    const dataDir = await temporaryDirectory();
    let removals = 0;
    const disk: Disk = {
      ...nodeDisk,
      makeDirectory: async (path) => {
        if (path.includes("claim-") && ++removals < 3) await rmdir(join(dataDir, ".stowage"));
        return nodeDisk.makeDirectory(path);
      },
    };

    expect(await claimed({ dataDir, disk }, async () => "done")).toBe("done");
  });

  it("that cannot be removed is in nobody's way in this process", async () => {
    const dataDir = await temporaryDirectory();
    const removeDirectory = () => Promise.reject(Object.assign(new Error("EIO"), { code: "EIO" }));
    await claimed({ dataDir, disk: { ...nodeDisk, removeDirectory } }, async () => {});
    expect(await needsRecovery(dataDir)).toBe(true);

    expect(await recover(dataDir, { patienceMs: 0 })).toBe("cleaned");

    expect(await readTree(dataDir)).toEqual({});
  });

  it("is LOCK_LOST to its owner when another process has removed it", async () => {
    const dataDir = await temporaryDirectory();

    const work = claimed({ dataDir }, async (claim) => {
      await claim.assertHeld();
      for (const name of Object.keys(await readTree(dataDir))) await rmdir(join(dataDir, name));
      await claim.assertHeld();
    });

    await expect(work).rejects.toMatchObject({ code: "LOCK_LOST" });
  });
});

describe("a claim of another process", () => {
  it.each([
    ["that has ended", { pid: spawnSync("true").pid }],
    ["that has ended, of a system that tells no start times", { pid: spawnSync("true").pid, startedAt: "0" }],
    ["whose id another process has got since", { pid: process.ppid, startedAt: "1" }],
  ])("%s is removed at once", async (_kind, identity) => {
    const dataDir = await withClaimOf(identity);

    expect(await recover(dataDir, { patienceMs: 0 })).toBe("cleaned");

    expect(await readTree(dataDir)).toEqual({});
  });

  it.each([
    ["of another host", ELSEWHERE],
    ["that is another thread of this one", { thread: 7 }],
  ])("%s is removed when it gives no sign of life", async (_kind, identity) => {
    const dataDir = await withClaimOf(identity);

    const isTakenOver = await claimed({ dataDir, silenceMs: 120 }, async (claim) => claim.isTakenOver);

    expect(isTakenOver).toBe(true);
    expect(await readTree(dataDir)).toEqual({});
  });

  it("of another host is believed while it gives signs of life", async () => {
    const dataDir = await withClaimOf(ELSEWHERE);
    let signs = 0;
    const disk: Disk = {
      ...nodeDisk,
      lstat: async (path) => Object.assign(await nodeDisk.lstat(path), { mtimeMs: ++signs }),
    };

    const work = claimed({ dataDir, disk, silenceMs: 1, patienceMs: 300 }, async () => {});

    await expect(work).rejects.toMatchObject({ code: "BUSY" });
    expect(signs).toBeGreaterThan(1);
  });
});

function claimed<T>(
  options: Partial<ClaimOptions> & { dataDir: string },
  action: Parameters<typeof whileClaimed<T>>[1],
): Promise<T> {
  return whileClaimed({ disk: nodeDisk, ...options }, action);
}

async function withClaimOf(identity: Partial<ProcessIdentity>): Promise<string> {
  const dataDir = await temporaryDirectory();
  await writeTree(dataDir, {});
  const name = newClaimName({ ...(await currentProcess()), ...identity });
  await mkdir(join(dataDir, ".stowage", name), { recursive: true });
  return dataDir;
}
