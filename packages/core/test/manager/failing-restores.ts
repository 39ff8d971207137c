import { readTree } from "@stowage/test-kit/tree";
import { expect } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, recover } from "../../src/index.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { CHANGED, changedSinceBackup } from "./changed-since-backup.ts";
import { DATA, keysOf } from "./manager-fixture.ts";

/**
 * Restores with an error at the first disk call, at each `stride`th after it, and with none: the old data or the new, nothing beside
 * it, and a free lock. Returns how often which was there.
 */
export async function failRestores({ stride }: { stride: number }): Promise<{ old: number; new: number }> {
  const outcomes = { old: 0, new: 0 };
  for (let failAt = 1; ; failAt += stride) {
    const faulty = faultyDisk(nodeDisk, { failAt });
    const { filesystem, dataDir } = await changedSinceBackup();
    const manager = new BackupManager({ dataDir, filesystem, disk: faulty.disk });

    const failure = await manager.restore("a.zip").then(
      () => undefined,
      (error: unknown) => error,
    );

    const where = `call ${failAt}: ${faulty.calls[failAt - 1]}`;
    expect(faulty.openFiles, where).toBe(0);
    // A sync that failed is never repeated: behind it the finished journal stays, and goes with the next recovery.
    if (faulty.calls[failAt - 1]?.startsWith("syncDirectory")) await manager.recover();
    const sync = `syncDirectory ${dataDir}/.stowage`;
    // A sync that failed is not repeated: what it was to make durable before the journal goes waits for the next start.
    if (failure === undefined && faulty.calls[failAt - 1] === sync) await recover(dataDir);
    expect(await readTree(dataDir), where).toEqual(failure === undefined ? DATA : CHANGED);
    expect(await keysOf(filesystem), where).toEqual(["a.zip"]);
    expect(manager.status().active, where).toBeUndefined();
    if (failure !== undefined)
      expect(failure, where).toMatchObject({ code: expect.any(String), operation: expect.any(String) });
    outcomes[failure === undefined ? "new" : "old"]++;
    if (failAt > faulty.calls.length) break;
  }
  console.info(
    `restore, one failing disk call in turn: ${outcomes.old} × old data, ${outcomes.new} × new data, 0 mixed`,
  );
  return outcomes;
}
