// Fails each disk call of a create and of a restore once, the nth for every n: there is the old data or the new, nothing beside it,
// and the next call works.

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { BackupManager } from "@stowage/core";
import { memoryFilesystem } from "@stowage/memory";
import { countedDisk } from "./counted-disk.mjs";
import { inScratch, whichTree, writeTree } from "./scratch.mjs";

const OLD = {
  "data.db": "old",
  "logs/app.log": "line\n".repeat(2_000),
  "deep/er/file": "",
  gone: "only in the old one",
};
const NEW = { "data.db": "new", "logs/app.log": "line\n", fresh: "only in the new one" };

await inScratch(sweepCreate);
await inScratch(sweepRestore);

async function sweepCreate(scratch) {
  const dataDir = join(scratch, "data");
  writeTree(dataDir, OLD);
  const outcomes = { failed: 0, created: 0 };
  for (let failAt = 1, isOver = false; !isOver; failAt += 1) {
    const filesystem = memoryFilesystem();
    const count = { calls: 0 };
    const manager = new BackupManager({ dataDir, filesystem, disk: failingDisk(failAt, count) });
    const isMade = await manager.create({ name: "a.zip" }).then(() => true, isInjected);
    outcomes[isMade ? "created" : "failed"] += 1;
    const other = new BackupManager({ dataDir, filesystem });
    assert.equal((await other.list()).length, isMade ? 1 : 0, `create, call ${failAt}`);
    if (isMade) await other.verify("a.zip");
    assert.equal(whichTree(dataDir, { OLD }), "OLD", `create, call ${failAt}: the data is as it was`);
    isOver = count.calls < failAt;
    await manager.close();
    await filesystem.close();
  }
  console.log(
    `create, one failing disk call in turn: ${outcomes.failed} × no backup, ${outcomes.created} × a whole one`,
  );
}

async function sweepRestore(scratch) {
  const filesystem = memoryFilesystem();
  const source = join(scratch, "source");
  writeTree(source, NEW);
  await new BackupManager({ dataDir: source, filesystem }).create({ name: "new.zip" });
  const outcomes = { OLD: 0, NEW: 0 };
  for (let failAt = 1, isOver = false; !isOver; failAt += 1) {
    const dataDir = join(scratch, `data-${failAt}`);
    writeTree(dataDir, OLD);
    const count = { calls: 0 };
    const manager = new BackupManager({ dataDir, filesystem, disk: failingDisk(failAt, count) });
    const isRestored = await manager.restore("new.zip").then(() => true, isInjected);
    await new BackupManager({ dataDir, filesystem }).recover();
    const found = whichTree(dataDir, { OLD, NEW });
    assert.ok(isRestored ? found === "NEW" : found !== undefined, `restore, call ${failAt}: ${found}`);
    assert.ok(!existsSync(join(dataDir, ".stowage")), `restore, call ${failAt}: ${readdirSync(dataDir)}`);
    outcomes[found] += 1;
    isOver = count.calls < failAt;
    await manager.close();
  }
  console.log(
    `restore, one failing disk call in turn: ${outcomes.OLD} × old data, ${outcomes.NEW} × new data, 0 mixed`,
  );
}

function failingDisk(failAt, count) {
  return countedDisk((name) => {
    count.calls += 1;
    if (count.calls === failAt) throw Object.assign(new Error(`injected: ${name}`), { code: "EIO" });
  });
}

/** Anything but what such a fault may become is a fault of ours. */
function isInjected(error) {
  if (["SOURCE_UNREADABLE", "SWAP_FAILED", "RECOVERY_REQUIRED"].includes(error.code)) return false;
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause.message.includes("injected:")) return false;
  throw error;
}
