import { readTree } from "@stowage/test-kit/tree";
import { expect } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, recover } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { CHANGED, changedSinceBackup, dataOf } from "./changed-since-backup.ts";

const RESTORED = { "data.db": "new" };

/**
 * Rolls back with an error at the first disk call, at each `stride`th after it, and with none: the restored data and what is kept
 * stay as they were, and can be rolled back then. Returns how often which data was there after the first attempt.
 */
export async function failRollbacks({ stride }: { stride: number }): Promise<{ old: number; new: number }> {
  const outcomes = { old: 0, new: 0 };
  for (let failAt = 1; ; failAt += stride) {
    const { manager, dataDir, filesystem } = await changedSinceBackup({}, RESTORED);
    await manager.restore("a.zip", { keepPrevious: true });
    const faulty = faultyDisk(nodeDisk, { failAt });
    const error = await new BackupManager({ dataDir, filesystem, disk: faulty.disk }).rollback().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

    const where = `call ${failAt}: ${faulty.calls[failAt - 1]}`;
    await recover(dataDir);
    if (error === undefined) expect(await readTree(dataDir), where).toEqual(CHANGED);
    else expect(await dataOf(dataDir), where).toEqual(RESTORED);
    if (error !== undefined) await manager.rollback();
    expect(await readTree(dataDir), where).toEqual(CHANGED);
    outcomes[error === undefined ? "old" : "new"]++;
    if (failAt > faulty.calls.length) return outcomes;
  }
}
