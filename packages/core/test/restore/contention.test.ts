import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTree, writeTree } from "@stowage/test-kit/tree";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { needsRecovery, recover } from "../../src/restore/recover.ts";
import { Contender } from "./contender.ts";
import { Contention } from "./contention.ts";
import { type KillDirectory, killDirectory } from "./kill-directory.ts";
import { archiveOf } from "./kill-sweep.ts";

const OLD = { "data.db": "old", "data.db-wal": "old", "only-old": "old", "storage/a": "old" };
const NEW = { "data.db": "new", "only-new": "new", "storage/b": "new" };
const SCENARIO = { old: OLD, archive: NEW, restored: NEW };
const SEED = 20_263;

let place: KillDirectory;

beforeAll(async () => {
  place = await killDirectory("./contending-child.ts");
});

afterAll(() => place.remove());

describe("recover by several processes at once", () => {
  it("is done by one of them, whichever of them are killed", { timeout: 120_000 }, async () => {
    const contention = new Contention(SCENARIO, { ...place.for("quick"), seed: SEED });

    const { rounds, recoveries, killed, old, new: done, bad } = await contention.run(8);

    const outcome = `${old} × old, ${done} × new, ${bad.length} bad`;
    console.info(`${rounds} rounds, ${recoveries} recoveries, ${killed} killed by SIGKILL: ${outcome}, seed ${SEED}`);
    expect(bad).toEqual([]);
    expect(old).toBeGreaterThan(0);
    expect(done).toBeGreaterThan(0);
  });
});

describe("recover while another process restores", () => {
  it.each([30, 60, 80, 110])("is BUSY while that lives, at its disk call %d", { timeout: 60_000 }, async (killAt) => {
    const { child, directory } = place.for(`stalled-${killAt}`);
    const dataDir = join(directory, "data");
    const archive = join(directory, "archive.zip");
    await writeTree(dataDir, OLD);
    await writeFile(archive, await archiveOf({ archive: NEW }, join(directory, "source")));
    const restoring = new Contender(child);
    onTestFinished(() => restoring.kill());
    const order = {
      action: "restore",
      dataDir,
      archive,
      exclude: [],
      mounts: [],
      keepPrevious: false,
      killWhen: "before",
    } as const;

    expect(await restoring.obey({ ...order, killAt, isStalled: true })).toBe("stalled");
    const before = await readTree(dataDir);

    await expect(recover(dataDir, { patienceMs: 100 })).rejects.toMatchObject({ code: "BUSY", retryable: true });
    expect(await needsRecovery(dataDir)).toBe(true);
    expect(await readTree(dataDir)).toEqual(before);

    await restoring.kill();
    expect(await recover(dataDir)).toMatch(/cleaned|completed/);
    expect([OLD, NEW]).toContainEqual(await readTree(dataDir));
  });
});
