// Exchanges backups with a PocketBase, both ways: an archive that it made is restored by Stowage, and one that Stowage made is
// uploaded to it and restored by its API. Each time a PocketBase must find its record and file again.
//
//   node .ci/pocketbase/interchange.mjs PROGRAM        which `build.mjs` built

import { deepStrictEqual } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BackupManager } from "../../packages/core/dist/index.js";
import { localFilesystem } from "../../packages/local/dist/index.js";
import { withPocketBase } from "./pocketbase-server.mjs";

const program = resolve(process.argv[2] ?? "pocketbase");
const place = mkdtempSync(join(tmpdir(), "stowage-interchange-"));
try {
  await theirsIsRestoredByUs();
  await oursIsRestoredByThem();
} finally {
  rmSync(place, { recursive: true, force: true });
}

async function theirsIsRestoredByUs() {
  const dataDir = join(place, "theirs");
  const directory = join(dataDir, "backups");
  const expected = await withPocketBase(program, dataDir, async (server) => {
    await server.fill();
    await server.call("POST", "/api/backups", { name: "theirs.zip" });
    return server.content();
  });
  const restored = join(place, "restored");
  await withManager({ dataDir: restored, directory }, async (manager) => {
    deepStrictEqual(
      (await manager.list()).map(({ key }) => key),
      ["theirs.zip"],
    );
    await manager.restore("theirs.zip");
  });
  deepStrictEqual(await withPocketBase(program, restored, (server) => server.content()), expected);
  console.log("✓ PocketBase made a backup, and Stowage restored it");
}

async function oursIsRestoredByThem() {
  const dataDir = join(place, "ours");
  const directory = join(place, "backups");
  const expected = await withPocketBase(program, dataDir, async (server) => {
    await server.fill();
    return server.content();
  });
  await withManager({ dataDir, directory }, (manager) => manager.create({ name: "ours.zip" }));
  await withPocketBase(program, join(place, "other"), async (server) => {
    await server.upload(join(directory, "ours.zip"));
    await server.call("POST", "/api/backups/ours.zip/restore");
    deepStrictEqual(await server.contentOnce(), expected);
  });
  console.log("✓ Stowage made a backup, and PocketBase restored it by its API");
}

async function withManager({ dataDir, directory }, action) {
  const filesystem = localFilesystem({ directory });
  const manager = new BackupManager({ dataDir, filesystem });
  try {
    return await action(manager);
  } finally {
    await manager.close();
    await filesystem.close();
  }
}
