// Backs up a running PocketBase, ten times, by the program of `examples/back-up-pocketbase`, while clients make records. Each
// backup is restored and served by a PocketBase, which must find a sound database, with every record that was acknowledged before
// the backup began, and of each client none without those before it. No request may fail meanwhile.
//
//   node .ci/pocketbase/living.mjs PROGRAM        which `build.mjs` built; a Node that has SQLite

import { deepStrictEqual, ok } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { backUpPocketBase } from "../../examples/back-up-pocketbase/dist/back-up-pocketbase.js";
import { BackupManager } from "../../packages/core/dist/index.js";
import { localFilesystem } from "../../packages/local/dist/index.js";
import { withPocketBase } from "./pocketbase-server.mjs";

const CLIENTS = 3;
const BACKUPS = 10;
const FIELDS = ["client", "number"].map((name) => ({ name, type: "number" }));

const program = resolve(process.argv[2] ?? "pocketbase");
const place = mkdtempSync(join(tmpdir(), "stowage-living-"));
const directory = join(place, "backups");
try {
  const backups = await backUpWhileWriting();
  for (const backup of backups) await checkBackup(backup);
  console.log(`✓ ${BACKUPS} backups of a PocketBase that ${CLIENTS} clients wrote to are each of one moment`);
} finally {
  rmSync(place, { recursive: true, force: true });
}

/** Returns of each backup what every client had been told before it began, and what it had asked for when it was made. */
async function backUpWhileWriting() {
  const dataDir = join(place, "pb_data");
  return withPocketBase(program, dataDir, async (server) => {
    await server.call("POST", "/api/collections", { name: "notes", type: "base", fields: FIELDS });
    const clients = Array.from({ length: CLIENTS }, (_, client) => startClient(server, client));
    const backups = [];
    try {
      while (backups.length < BACKUPS) {
        const acknowledged = clients.map((client) => client.acknowledged);
        const { key, warnings } = await backUpPocketBase({ dataDir, directory, keep: BACKUPS });
        deepStrictEqual(warnings, []);
        backups.push({ key, acknowledged, asked: clients.map((client) => client.asked) });
      }
    } finally {
      for (const client of clients) client.isOver = true;
      await Promise.all(clients.map(({ ended }) => ended));
    }
    deepStrictEqual(
      clients.flatMap(({ failures }) => failures),
      [],
    );
    console.log(`${clients.reduce((total, { acknowledged }) => total + acknowledged, 0)} records, no request failed`);
    return backups;
  });
}

/** Makes records one after the other, numbered from 1 on, until it is over or one fails. */
function startClient(server, client) {
  const state = { asked: 0, acknowledged: 0, failures: [], isOver: false, ended: undefined };
  const write = async () => {
    while (!state.isOver && state.failures.length === 0) {
      state.asked += 1;
      const record = { client, number: state.asked };
      await server.call("POST", "/api/collections/notes/records", record).then(
        () => (state.acknowledged += 1),
        (error) => state.failures.push(`${error}`),
      );
    }
  };
  state.ended = write();
  return state;
}

async function checkBackup({ key, acknowledged, asked }) {
  const dataDir = join(place, `restored-${key}`);
  await restore(key, dataDir);
  for (const name of ["data.db", "auxiliary.db"]) checkDatabase(join(dataDir, name));
  const numbers = await withPocketBase(program, dataDir, async (server) => {
    const found = [];
    for (let client = 0; client < CLIENTS; client += 1) found.push(await recordsOf(server, client));
    return found;
  });
  for (const [client, { count, last }] of numbers.entries()) {
    ok(count === last, `${key}: client ${client} has ${count} records, and the last is number ${last}`);
    ok(count >= acknowledged[client], `${key}: client ${client} lacks some of ${acknowledged[client]}: ${count}`);
    ok(count <= asked[client], `${key}: client ${client} has more than the ${asked[client]} that it made: ${count}`);
  }
  console.log(`${key}: ${numbers.map(({ count }) => count).join(" + ")} records`);
  rmSync(dataDir, { recursive: true });
}

async function restore(key, dataDir) {
  const filesystem = localFilesystem({ directory });
  const manager = new BackupManager({ dataDir, filesystem });
  try {
    await manager.restore(key);
  } finally {
    await manager.close();
    await filesystem.close();
  }
}

function checkDatabase(path) {
  const database = new DatabaseSync(path, { readOnly: true });
  const { quick_check } = database.prepare("PRAGMA quick_check").get();
  database.close();
  deepStrictEqual(quick_check, "ok");
}

async function recordsOf(server, client) {
  const query = new URLSearchParams({ filter: `client = ${client}`, sort: "-number", perPage: 1 });
  const { items, totalItems } = JSON.parse(await server.call("GET", `/api/collections/notes/records?${query}`));
  return { count: totalItems, last: items[0]?.number ?? 0 };
}
