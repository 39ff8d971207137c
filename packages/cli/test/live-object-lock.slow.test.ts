import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BackupManager, type BackupManagerOptions } from "@stowage/core";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it, onTestFinished } from "vitest";
import { openFilesystem } from "../src/index.ts";

/** Buckets with object lock, separated by blanks: the URL's options, or a rule of the bucket, retain what is stored for a day. */
const urls = (process.env.STOWAGE_TEST_LOCKED_S3_URLS ?? "").split(" ").filter(Boolean);
if (urls.length === 0) it.skip("a bucket with object lock: set STOWAGE_TEST_LOCKED_S3_URLS to try some", () => {});

const LOCK_TTL_MS = 3_000;
/** One that fits into one request, and one that takes parts. */
const SIZES = { "small.zip": 1_000, "large.zip": 20_000_000 };
const RETAINED = {
  code: "PERMISSION_DENIED",
  message: expect.stringMatching(/until \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
};

describe.each(urls)("%s", (base) => {
  it.each(Object.entries(SIZES))("keeps %s, made of %i bytes, and says until when", async (name, size) => {
    const { manager, dataDir, tree } = await managerAt(base, size);
    await manager.create({ name });
    await writeTree(dataDir, { "more.txt": "more" });

    await expect(manager.delete(name)).rejects.toMatchObject(RETAINED);
    await expect(manager.create({ name })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    await manager.restore(name);

    expect(await readTree(dataDir)).toEqual(tree);
    expect((await manager.list()).map(({ key }) => key)).toEqual([name]);
  });

  it("refuses an overwrite, which leaves the object", async () => {
    const filesystem = await openFilesystem(folderOf(base));
    onTestFinished(() => filesystem.close());
    await filesystem.write("a.zip", Buffer.from("first"));

    await expect(filesystem.write("a.zip", Buffer.from("second"))).rejects.toMatchObject(RETAINED);

    expect(await filesystem.stat("a.zip")).toMatchObject({ size: 5 });
  });

  it("takes creates that outlive the ttl of their lock, one after the other", async () => {
    const hooks = { beforeSnapshot: () => delay(1.5 * LOCK_TTL_MS) };
    const { manager } = await managerAt(base, 1_000, { hooks, lockTtlMs: LOCK_TTL_MS });

    for (const name of ["a.zip", "b.zip"]) await manager.create({ name });

    expect((await manager.list()).map(({ key }) => key).sort()).toEqual(["a.zip", "b.zip"]);
  });
});

async function managerAt(base: string, size: number, options: Partial<BackupManagerOptions> = {}) {
  const dataDir = join(await temporaryDirectory(), "data");
  await writeTree(dataDir, { "app.db": randomBytes(size), "notes/a.txt": "a note" });
  const filesystem = () => openFilesystem(folder);
  const folder = folderOf(base);
  const manager = new BackupManager({ dataDir, filesystem, ...options });
  onTestFinished(() => manager.close());
  return { manager, dataDir, tree: await readTree(dataDir) };
}

/** A new folder: what is retained there cannot be deleted. */
function folderOf(base: string): URL {
  const url = new URL(base);
  url.pathname += `/${randomUUID()}`;
  return url;
}
