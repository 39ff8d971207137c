// Ends a process at the nth disk call of a swap, for every other n and again until there were enough: after `recover` there is the old
// data or the new, and nothing beside it. One Node takes the odd ones and the next the even ones.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BackupManager } from "@stowage/core";
import { localFilesystem } from "@stowage/local";
import { countedDisk } from "./counted-disk.mjs";
import { inScratch, whichTree, writeTree } from "./scratch.mjs";

const OLD = {
  "data.db": "old",
  "data.db-wal": "log",
  "logs/app.log": "line\n",
  "kept/mine": "stays",
  "kept/theirs": "old",
};
const NEW = { "data.db": "new", "logs/app.log": "other\n", "kept/theirs": "new", fresh: "x", "kept/mine": "stays" };
/** The lock of a process that was killed goes over at once, unless its number is another process's by then. */
const OPTIONS = { exclude: ["kept/mine"], lockTtlMs: 5_000 };
/** Of a process that was not killed, and failed. */
const FAILED = 3;
const KILLS = 52; // with each Node
/** So many at once, each with a storage of its own. */
const LANES = 2;

const [, program, backupsGiven, dataDirGiven, killAtGiven] = process.argv;
if (backupsGiven === undefined) await inScratch(killAndRecover);
else await restoreUntilKilled(backupsGiven, dataDirGiven, Number(killAtGiven)).catch(failing);

async function killAndRecover(scratch) {
  const source = join(scratch, "source");
  writeTree(source, NEW);
  const outcomes = { OLD: 0, NEW: 0 };
  const first = Number(process.versions.node.split(".", 1)[0]) % 4 === 0 ? 1 : 2;
  let [killAt, rounds, kills] = [first - 2, 0, 0];
  const killOneAfterTheOther = async (lane) => {
    const backups = join(scratch, `backups-${lane}`);
    await managerOf(source, backups).create({ name: "new.zip" });
    while (kills < KILLS) {
      killAt += 2;
      rounds += 1;
      const { isKilled, found } = await killedAt(killAt, join(scratch, `data-${rounds}`), backups);
      if (isKilled) kills += 1;
      else killAt = first - 2; // the swap has no more calls
      outcomes[found] += 1;
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, lane) => killOneAfterTheOther(lane)));
  console.log(`${kills} kills in the swap in ${rounds} restores: ${outcomes.OLD} × old, ${outcomes.NEW} × new, 0 bad`);
}

async function killedAt(at, dataDir, backups) {
  writeTree(dataDir, OLD);
  const args = [program, backups, dataDir, String(at)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(child, "exit");
  assert.notEqual(code, FAILED, `killed at call ${at}: the restore failed before`);
  await managerOf(dataDir, backups).recover();
  const found = whichTree(dataDir, { OLD, NEW });
  assert.ok(found, `killed at call ${at}: neither the old data nor the new`);
  assert.ok(!existsSync(join(dataDir, ".stowage")), `killed at call ${at}: something is left`);
  assert.ok(code !== 0 || found === "NEW", "a restore that ended well restored");
  return { isKilled: code !== 0, found };
}

/** Counts from the moment at which the application would close its files. */
async function restoreUntilKilled(backups, dataDir, killAt) {
  let calls = Number.NEGATIVE_INFINITY;
  const disk = countedDisk(() => {
    calls += 1;
    if (calls === killAt) process.kill(process.pid, "SIGKILL");
  });
  const hooks = {
    beforeSwap: () => {
      calls = 0;
    },
  };
  await managerOf(dataDir, backups, { disk, hooks }).restore("new.zip");
}

function managerOf(dataDir, backups, options = {}) {
  return new BackupManager({ dataDir, filesystem: localFilesystem({ directory: backups }), ...OPTIONS, ...options });
}

function failing(error) {
  console.error(error);
  process.exit(FAILED);
}
